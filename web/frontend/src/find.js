// “/” leads to the box that finds everything ([data-find]); in a list with keys of its own
// ([data-keys], see keys.js) to the list's own field.
const TYPING = 'input, textarea, select, [contenteditable], dialog';

function shown() {
  return [...document.querySelectorAll('[data-find], .find-icon')].find((node) => node.checkVisibility());
}

export function watchFind() {
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (document.querySelector('[data-keys]') || event.target.closest(TYPING)) return;
    event.preventDefault();
    shown()?.focus();
  });
}
