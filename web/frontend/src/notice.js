// One sentence at the top of the page, read out by a screen reader: [data-notices] in base.html.
import { say } from './words.js';

export function notice(sentence) {
  const place = document.querySelector('[data-notices]');
  if (!place) return;
  const box = document.createElement('div');
  box.className = 'alert alert-danger alert-dismissible';
  box.textContent = sentence;
  const close = document.createElement('button');
  Object.assign(close, { type: 'button', className: 'btn-close' });
  close.setAttribute('aria-label', say('close'));
  close.addEventListener('click', () => box.remove());
  box.append(close);
  place.replaceChildren(box);
}

// The sentence in an error page the server sent (error.html marks it), or a general one.
export function failure(html) {
  if (html === undefined) return say('offline');
  const page = new DOMParser().parseFromString(html, 'text/html');
  return page.querySelector('[data-sentence]')?.textContent.trim() || say('failed');
}
