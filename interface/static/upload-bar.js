// Runs once for the bar: a file chosen, dropped or pasted anywhere, or an example, is on its way to
// become the page's photo. From that moment until its own answer is there, `#photo` says so.
const $ = (selector) => document.querySelector(selector);
const words = window.colorizerWords;
const MOST = window.gradio_config.max_file_size;
const file = element.querySelector("#photo-file");
let ticket = 0;
let sending = null;
let offered = null; // what is on its way: a file, or the name of an example
let kept = null; // the same of the photo shown; its file in case the server loses it

function begin(file = null, example = "") {
  ticket += 1;
  offered = { file, example };
  $("#complaint")?.remove();
  sending?.abort();
  sending = null;
  $("#photo")?.setAttribute("data-arriving", ticket); // not there while a link has opened another tab
  return ticket;
}
function end(mine) {
  if (mine !== ticket) return;
  if (!$("#arrival [data-ticket].problem")) kept = offered;
  $("#photo")?.removeAttribute("data-arriving");
  window.dispatchEvent(new CustomEvent("photo", { detail: kept }));
}
// Of files that were not sent; it stays until the next one is on its way.
function complain(sentences) {
  $("#complaint")?.remove();
  if (!sentences.length) return;
  $("#arrival").insertAdjacentHTML("beforeend", '<div id="complaint" class="problem" role="alert">');
  $("#complaint").textContent = sentences.join(" ");
}

// Whoever offers something for several files at once listens to this.
function tell(files) {
  window.dispatchEvent(new CustomEvent("colorizer:files", { detail: files }));
}

function tooLarge(file) {
  const [size, limit] = [Math.ceil(file.size / 1e6), Math.floor(MOST / 1e6)];
  return window.colorizerTell("too_large", { size, limit });
}

// left: sentences about what came with the files.
function send(files, left = []) {
  const good = files.filter((file) => !MOST || file.size <= MOST);
  const first = good.find((file) => file.type.startsWith("image/")) ?? good[0];
  const large = files.filter((file) => !good.includes(file));
  const alone = files.length === 1;
  const sentences = large.map((file) => (alone ? "" : `${file.name}: `) + tooLarge(file));
  sentences.push(...left);
  if (first) {
    tell(files);
    upload(first, files.length);
  }
  complain(sentences);
}

async function upload(photo, count) {
  const mine = begin(photo);
  sending = new AbortController();
  try {
    const path = await window.colorizerUpload(photo, sending.signal);
    trigger("click", { ticket: mine, path, name: photo.name, files: count });
  } catch (error) {
    if (mine !== ticket) return;
    offered = kept;
    end(mine);
    complain([words.not_sent]);
  }
}

window.colorizerSend = send;

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
  if (example) trigger("click", { ticket: begin(null, example), example });
}, true);
window.addEventListener("dragover", (event) => {
  if ([...(event.dataTransfer?.types ?? [])].includes("Files")) event.preventDefault();
});
window.addEventListener("drop", (event) => {
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  event.stopPropagation();
  filesOf(event.dataTransfer).then(({ files, left }) => send(files, left));
}, true);
// The files that were dropped, and those in folders among them; sentences about what is left out.
async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return { files: [...transfer.files], left: [] };
  const found = { files: [], others: [], failed: [] };
  for (const entry of entries) await collect(entry, found, true);
  const { files, others, failed } = found;
  const left = failed.map((name) => `${name}: ${words.cannot_open}`);
  if (others.length) {
    const names = others.slice(0, 3).join(", ") + (others.length > 3 ? ", …" : "");
    left.unshift(window.colorizerTell("left_out", { count: others.length, names }));
  }
  if (!files.length) left.unshift(words.empty_folder);
  return { files, left };
}
async function collect(entry, found, dropped = false) {
  if (entry.name.startsWith(".") && !dropped) return;
  try {
    if (entry.isFile) {
      const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
      if (dropped || await looksLikePicture(file)) found.files.push(file);
      else found.others.push(file.name);
    } else if (/^([@#$]|__macosx$)/i.test(entry.name) && !dropped) {
      found.others.push(entry.name); // thumbnails and waste baskets
    } else {
      const reader = entry.createReader();
      const next = () => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      for (let some = await next(); some.length; some = await next()) {
        for (const below of some) await collect(below, found);
      }
    }
  } catch {
    found.failed.push(entry.name);
  }
}
// In a folder there may be anything, under any name.
const PICTURE = /^(\xff\xd8\xff|\x89PNG|GIF8|BM|II[*+]\0|MM\0[*+]|P[1-6]\s|RIFF....WEBP|....ftyp(hei|hev|mif|msf|avi))/s;
async function looksLikePicture(file) {
  if (file.type.startsWith("image/")) return true;
  const bytes = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  return PICTURE.test(String.fromCharCode(...bytes));
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
}).observe($("#arrival"), { subtree: true, childList: true, attributes: true });

// --- a photo that the server has lost ------------------------------------------------------------
// The server deletes photos after an hour, and the browser may still have it: then it is sent again,
// once for each thing that the visitor does, and what was asked is asked again. The problem names
// the button for that, if the tab does not follow the photo by itself.
let patience = true;
for (const type of ["pointerdown", "keydown"]) {
  window.addEventListener(type, (event) => { patience ||= event.isTrusted; }, true);
}
new MutationObserver(() => {
  const lost = $("[data-gone]");
  if (!lost || !patience || !kept?.file || $("#photo")?.dataset.arriving) return;
  patience = false;
  const again = () => {
    for (const { dataset } of document.querySelectorAll("[data-gone]")) {
      document.getElementById(dataset.gone)?.click();
    }
  };
  window.addEventListener("photo", again, { once: true });
  upload(kept.file, 1);
}).observe(document.body, {
  // Gradio changes what is there into what is to be.
  subtree: true, childList: true, attributes: true, attributeFilter: ["data-gone"],
});

window.colorizerReturn();
