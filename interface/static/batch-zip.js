// Runs once for the line under the bar: when several files came at once, it offers to colour all of
// them. They are sent only when that is asked for.
const words = window.colorizerWords;
const MOST = window.gradio_config.max_file_size;
let files = [];

window.addEventListener("colorizer:files", (event) => {
  files = event.detail.length > 1 ? event.detail : [];
  element.querySelector(".offer")?.remove();
  element.replaceChildren();
  if (!files.length) return;
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
  for (const [index, file] of files.entries()) {
    button.textContent = window.colorizerTell("many_sending", { number: index + 1, count: files.length });
    if (MOST && file.size > MOST) continue;
    try {
      sent.push({ path: await window.colorizerUpload(file), orig_name: file.name });
    } catch {
      button.disabled = false;
      button.textContent = words.not_sent;
      return;
    }
  }
  trigger("click", { files: sent });
}
