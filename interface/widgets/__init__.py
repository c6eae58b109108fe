"""Parts of the page that a tab, or the page itself, is made of."""
