// Runs once for the line under the bar: when several files came at once, it offers to colour all of
// them. They are sent only when that is asked for.
const words = window.colorizerWords;
const MOST = window.gradio_config.max_file_size;
const LIMIT = 100; // photos in one ZIP, as in interface/engine/exports.py
let files = [];

window.addEventListener("colorizer:files", (event) => {
  files = event.detail.length > 1 ? event.detail : [];
  element.querySelector(".offer")?.remove();
  element.replaceChildren();
  if (!files.length) return;
  if (files.length > LIMIT) {
    const line = document.createElement("div");
    line.className = "problem";
    line.setAttribute("role", "alert");
    line.textContent = window.colorizerTell("many_too_many", { count: files.length, limit: LIMIT });
    element.append(line);
    return;
  }
  const button = document.createElement("button");
  button.type = "button";
  button.className = "offer";
  button.textContent = window.colorizerTell("many_offer", { count: files.length });
  element.append(button);
});

element.addEventListener("click", (event) => {
  if (event.target.closest("[data-stop]")) trigger("click", { stop: true });
  if (event.target.closest(".offer")) send(event.target.closest(".offer"));
});

async function send(button) {
  button.disabled = true;
  const sent = [];
  const failed = []; // names, each with its reason
  for (const [index, file] of files.entries()) {
    button.textContent = window.colorizerTell("many_sending", { number: index + 1, count: files.length });
    if (MOST && file.size > MOST) {
      const [size, limit] = [Math.ceil(file.size / 1e6), Math.floor(MOST / 1e6)];
      failed.push([file.name, window.colorizerTell("too_large", { size, limit })]);
      continue;
    }
    try {
      sent.push({ path: await window.colorizerUpload(file), orig_name: file.name });
    } catch {
      failed.push([file.name, words.not_sent]);
    }
  }
  if (sent.length) {
    trigger("click", { files: sent, failed });
    return;
  }
  button.disabled = false;
  button.textContent = failed.map(([name, why]) => `${name}: ${why}`).join(" ");
}
