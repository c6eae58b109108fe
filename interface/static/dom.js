// Loaded first: what several of the page's scripts do to the document.
window.colorizerById = (id) => document.getElementById(id);

// Calls back when elements come or go below `root`, or one of these attributes changes: Gradio
// changes what is there into what is to be, and hardly puts anything in or takes it out.
window.colorizerWatch = (root, attributeFilter, changed) =>
  new MutationObserver(changed)
    .observe(root, { subtree: true, childList: true, attributes: true, attributeFilter });

// Sets properties that differ: what is written anew is seen by whoever watches.
window.colorizerSet = (target, values) => {
  for (const [name, value] of Object.entries(values)) {
    if (target && target[name] !== value) target[name] = value;
  }
};
