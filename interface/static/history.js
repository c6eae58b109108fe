// Back, forward and reload. Tabs and photos are entries of the browser's history; an entry keeps
// which photo it shows and the colours by hand. The photos themselves lie in the browser's own
// store, for an hour at most, as on the server.
(() => {
  const here = () => history.state?.colorizer ?? {};
  function put(changes, how = "replaceState", search = location.search) {
    const state = { ...history.state, colorizer: { ...here(), ...changes } };
    history[how](state, "", search || location.pathname);
  }
  // Of the photo shown; an entry that is opened again does not show its own yet.
  const hints = () => (here().photo && !shown ? "" : here().hints ?? "");
  window.colorizerHistory = { here, put, hints };

  let shown = null; // what the page shows: a file, or the name of an example
  let going = null; // what an entry that is gone to is about to show

  // --- the photos --------------------------------------------------------------------------------
  const HOUR = 3_600_000;
  const end = (request) => new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  // Does one thing to the store; where the browser has none, a photo does not outlive its page.
  async function stored(what, ...values) {
    try {
      const opening = indexedDB.open("colorizer", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("photos");
      const database = await end(opening);
      const photos = database.transaction("photos", "readwrite").objectStore("photos");
      const found = await end(photos[what](...values));
      database.close();
      return found;
    } catch {
      return null;
    }
  }
  const sweep = () => stored("delete", IDBKeyRange.upperBound(Date.now() - HOUR));
  setInterval(sweep, HOUR / 6);
  const files = new Map(); // those of this page, by their keys

  // --- entries -----------------------------------------------------------------------------------
  const same = (one, other) => one?.file === other?.file && one?.example === other?.example;

  window.addEventListener("photo", ({ detail }) => {
    const arrived = same(detail, going);
    going = null;
    if (!detail || same(detail, shown)) return; // refused, or sent again
    shown = detail;
    if (arrived) return;
    const { file, example } = detail;
    if (!file && !example) {
      files.delete(here().photo);
      stored("delete", here().photo ?? 0);
      put({ photo: null, example: null, hints: "" });
      return;
    }
    const photo = file ? Date.now() + Math.random() : null;
    if (file) {
      files.set(photo, file);
      stored("put", file, photo);
    }
    put({ photo, example, hints: "" }, "pushState");
  });

  async function show() {
    const { photo, example } = here();
    const file = files.get(photo) ?? (photo && (await stored("get", photo)));
    if (photo !== here().photo || (photo && !file)) return; // gone on, or an hour ago
    if (photo) files.set(photo, file);
    const examples = [...document.querySelectorAll("#intake [data-example]")];
    const named = example ?? new URLSearchParams(location.search).get("photo");
    const button = examples.find((one) => one.dataset.example === named) ?? examples[0];
    const target = { file: file ?? null, example: file ? "" : button.dataset.example };
    if (same(target, shown)) return;
    going = target;
    if (file) window.colorizerSend([file]);
    else button.click();
  }
  window.addEventListener("popstate", () => {
    const { tab = "colorize" } = here();
    document.querySelector(`[role=tab][data-tab-id=${tab}]:not([aria-selected=true])`)?.click();
    show();
  });
  // Once there is a bar to send it through.
  window.colorizerReturn = () => {
    if (!here().photo) return void sweep();
    const frame = document.querySelector("#photo");
    frame?.setAttribute("data-arriving", "0");
    sweep().then(show).then(() => { if (!going) frame?.removeAttribute("data-arriving"); });
  };
})();
