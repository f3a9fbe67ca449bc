// The inbox without a mouse. Attributes: [data-keys] around the list, [data-row] on each item (its first
// link is opened with Enter), [data-claim] on a button in an item, [data-search] on the search field.
import { say } from './words.js';

const KEYS = [['j', 'next'], ['k', 'previous'], ['Enter', 'openItem'], ['c', 'claim'], ['/', 'search'], ['?', 'help']];
const TYPING = 'input, textarea, select, [contenteditable], dialog';

const rows = () => [...document.querySelectorAll('[data-keys] [data-row]')];
const current = () => document.activeElement.closest('[data-row]');

function move(step) {
  const list = rows();
  const at = list.indexOf(current());
  const row = list[at < 0 ? 0 : Math.min(list.length - 1, Math.max(0, at + step))];
  row?.querySelector('a[href]')?.focus();
}

function cell(name, text) {
  const node = document.createElement(name);
  node.textContent = text;
  return node;
}

function help() {
  const dialog = document.createElement('dialog');
  dialog.className = 'keys-help';
  const list = document.createElement('dl');
  for (const [key, word] of KEYS) {
    const term = document.createElement('dt');
    term.append(cell('kbd', key));
    list.append(term, cell('dd', say(word)));
  }
  const form = document.createElement('form');
  form.method = 'dialog';
  const close = cell('button', say('close'));
  close.className = 'btn';
  form.append(close);
  const title = cell('h2', say('keys'));
  title.id = 'keys-title';
  dialog.setAttribute('aria-labelledby', title.id);
  dialog.append(title, list, form);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

const actions = {
  j: () => move(1),
  k: () => move(-1),
  c: () => current()?.querySelector('[data-claim]')?.click(),
  '/': () => document.querySelector('[data-search]')?.focus(),
  '?': help,
  '？': help, // a Chinese keyboard's question mark
};

let watching = false;

export function watchKeys() {
  if (watching) return;
  watching = true;
  document.addEventListener('keydown', (event) => {
    const act = actions[event.key];
    if (!act || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (!document.querySelector('[data-keys]') || event.target.closest(TYPING)) return;
    event.preventDefault();
    act();
  });
  document.addEventListener('click', ({ target }) => { if (target.closest?.('[data-keys-help]')) help(); });
}
