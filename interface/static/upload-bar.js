// Runs once for the bar: a file chosen, dropped or pasted anywhere, or an example, is on its way to
// become the page's photo. From that moment until its own answer is there, `#photo` says so.
const $ = (selector) => document.querySelector(selector);
const words = window.colorizerWords;
const MOST = window.gradio_config.max_file_size;
const file = element.querySelector("#photo-file");
let ticket = 0;
let sending = null;

function begin() {
  ticket += 1;
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
function complain(sentence) {
  const line = $("#arrival div");
  line.className = "problem";
  line.setAttribute("role", "alert");
  line.textContent = sentence;
}

// Whoever offers something for several files at once listens to this.
function tell(files) {
  window.dispatchEvent(new CustomEvent("colorizer:files", { detail: files }));
}

async function send(files) {
  const first = [...files].find((each) => each.type.startsWith("image/")) ?? files[0];
  if (!first) return;
  if (MOST && first.size > MOST) {
    const [size, limit] = [Math.ceil(first.size / 1e6), Math.floor(MOST / 1e6)];
    complain(window.colorizerTell("too_large", { size, limit }));
    return;
  }
  tell(files);
  const mine = begin();
  sending = new AbortController();
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
  if (example) trigger("click", { ticket: begin(), example });
}, true);
window.addEventListener("dragover", (event) => {
  if ([...(event.dataTransfer?.types ?? [])].includes("Files")) event.preventDefault();
});
window.addEventListener("drop", (event) => {
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  event.stopPropagation();
  send([...event.dataTransfer.files]);
}, true);
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
