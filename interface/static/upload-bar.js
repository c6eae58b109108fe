// Runs once for the bar: a file chosen, dropped or pasted anywhere, or an example, is on its way to
// become the page's photo. From that moment until its own answer is there, `#photo` says so.
const $ = (selector) => document.querySelector(selector);
const words = window.colorizerWords;
const MOST = window.gradio_config.max_file_size;
const file = element.querySelector("#photo-file");
let ticket = 0;
let sending = null;
let refused = []; // sentences about files that were not sent with those that were
let kept = null; // the file that became the photo, in case the server loses it

function begin() {
  ticket += 1;
  say("", "note", "status");
  refused = [];
  sending?.abort();
  sending = null;
  const photo = $("#photo"); // not there while a link has opened another tab
  if (photo) photo.dataset.arriving = ticket;
  return ticket;
}
function end(mine) {
  if (mine !== ticket) return;
  $("#photo")?.removeAttribute("data-arriving");
  window.dispatchEvent(new Event("photo"));
}
// The line's own element is the server's: a complaint of this script stands in it until the next
// file is on its way, or the server writes another.
function complain(sentence) {
  say(sentence, "problem", "alert");
}
function say(sentence, kind, role) {
  const line = $("#arrival [data-ticket]");
  if (!line) return;
  line.className = kind;
  line.setAttribute("role", role);
  line.textContent = sentence;
}

// Whoever offers something for several files at once listens to this.
function tell(files) {
  window.dispatchEvent(new CustomEvent("colorizer:files", { detail: files }));
}

function tooLarge(file) {
  const [size, limit] = [Math.ceil(file.size / 1e6), Math.floor(MOST / 1e6)];
  return window.colorizerTell("too_large", { size, limit });
}

async function send(files) {
  if (!files.length) return;
  const good = files.filter((file) => !MOST || file.size <= MOST);
  const first = good.find((file) => file.type.startsWith("image/")) ?? good[0];
  const large = files.filter((file) => !good.includes(file));
  const alone = files.length === 1;
  const sentences = large.map((file) => (alone ? "" : `${file.name}: `) + tooLarge(file));
  if (!first) {
    complain(sentences.join(" "));
    return;
  }
  tell(files);
  const mine = begin();
  refused = sentences;
  sending = new AbortController();
  kept = first;
  try {
    const path = await window.colorizerUpload(first, sending.signal);
    trigger("click", { ticket: mine, path, name: first.name, files: files.length });
  } catch (error) {
    if (mine !== ticket) return;
    end(mine);
    complain(words.not_sent);
  }
}

// --- the ways in ---------------------------------------------------------------------------------
file.addEventListener("change", () => {
  const files = [...file.files];
  file.value = "";
  send(files);
});
document.addEventListener("click", (event) => {
  if (event.target.closest("#choose-photo, #photo .empty")) file.click();
  if (event.target.closest("#remove-photo")) trigger("click", { ticket: begin(), cleared: true });
  if (event.target.closest("#remove-photo, #intake [data-example]")) tell([]);
  const example = event.target.closest("#intake [data-example]")?.dataset.example;
  if (example) {
    kept = null;
    trigger("click", { ticket: begin(), example });
  }
}, true);
window.addEventListener("dragover", (event) => {
  if ([...(event.dataTransfer?.types ?? [])].includes("Files")) event.preventDefault();
});
window.addEventListener("drop", (event) => {
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  event.stopPropagation();
  filesOf(event.dataTransfer).then(send);
}, true);
// The files that were dropped, and those in folders among them.
async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return [...transfer.files];
  const found = [];
  for (const entry of entries) await collect(entry, found);
  if (!found.length) complain(words.empty_folder);
  return found;
}
async function collect(entry, found) {
  if (entry.name.startsWith(".") || entry.name.startsWith("@")) return;
  try {
    if (entry.isFile) {
      const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
      if (!entry.fullPath.includes("/", 1) || looksLikePicture(file)) found.push(file);
      return;
    }
    const reader = entry.createReader();
    const next = () => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    for (let some = await next(); some.length; some = await next()) {
      for (const below of some) await collect(below, found);
    }
  } catch {
    refused.push(`${entry.name}: ${words.not_sent}`);
  }
}
// In a folder there may be anything.
function looksLikePicture(file) {
  return file.type.startsWith("image/") || /\.(hei[cf]|hif|avif|tiff?|jpe|jif|mpo|p[bgpn]m)$/i.test(file.name);
}

window.addEventListener("paste", (event) => {
  if (event.clipboardData?.files.length) send([...event.clipboardData.files]);
});

// --- the tab that the address names ---------------------------------------------------------------
const tab = new URLSearchParams(location.search).get("tab");
window.colorizerTurn = () => { if (tab) trigger("select", { tab }); };

// --- its answer ----------------------------------------------------------------------------------
new MutationObserver(() => {
  const answered = $("#arrival [data-ticket]")?.dataset.ticket;
  // A frame later the photo itself has followed.
  if (Number(answered) === ticket) requestAnimationFrame(() => end(Number(answered)));
  if (Number(answered) === ticket && refused.length) {
    const sentences = [$("#arrival [data-ticket]").textContent, ...refused];
    refused = [];
    complain(sentences.filter(Boolean).join(" "));
  }
}).observe($("#arrival"), { subtree: true, childList: true, attributes: true });

// --- a photo that the server has lost ---------------------------------------------------------------
// Sent again, once for each answer that says so: the server deletes photos after an hour, and the
// browser may still have it.
const answered = new WeakSet();
new MutationObserver(() => {
  const lost = [...document.querySelectorAll("[data-gone]")].filter((line) => !answered.has(line));
  lost.forEach((line) => answered.add(line));
  if (lost.length && kept && !$("#photo")?.dataset.arriving) send([kept]);
}).observe(document.body, { subtree: true, childList: true });
