// What every page loads. Each page works without it; see the file headers for the attributes they obey.
import htmx from 'htmx.org/dist/htmx.esm.js';
import { Idiomorph } from 'idiomorph/dist/idiomorph.esm.js';
import { watchDrafts } from './drafts.js';
import { watchFind } from './find.js';
import { keepNewer, liveForms } from './live.js';
import { failure, notice } from './notice.js';
import { pollWithEtag } from './poll.js';
import { csrfToken, signInAgain } from './session.js';
import { goOn, guardSubmits } from './submit.js';
import './app.css';

Object.assign(htmx.config, {
  allowEval: false, // the CSP has no unsafe-eval
  includeIndicatorStyles: false, // nor inline styles from scripts
  historyEnabled: false, // a counter PC is shared: keep no pages in the browser's storage
  timeout: 30000,
  responseHandling: [
    { code: '(204|304)', swap: false },
    { code: '[23]..', swap: true },
    { code: '422', swap: true },
    { code: '...', swap: false, error: true },
  ],
});

// What scripts put on a page the server knows nothing of: a morph must not take it away.
const keepOwn = (node) => !(node instanceof Element && node.hasAttribute('data-own'));
const keepTyped = (node, fresh) => {
  if (node instanceof Element && fresh instanceof Element && node.tagName === fresh.tagName) keepNewer(node, fresh);
  return keepOwn(node);
};

htmx.defineExtension('morph', {
  isInlineSwap: (style) => style.startsWith('morph'),
  handleSwap(style, target, fragment) {
    if (!style.startsWith('morph')) return false;
    return Idiomorph.morph(target, fragment.children, {
      morphStyle: style.endsWith('innerHTML') ? 'innerHTML' : 'outerHTML',
      ignoreActiveValue: true,
      callbacks: { beforeNodeRemoved: keepOwn, beforeNodeMorphed: keepTyped },
    });
  },
});
document.body.setAttribute('hx-ext', 'morph');
document.documentElement.classList.add('js');

document.addEventListener('htmx:configRequest', ({ detail }) => {
  if (detail.verb !== 'get') detail.headers['X-CSRFToken'] = csrfToken();
});

document.addEventListener('htmx:responseError', ({ detail }) => {
  if (detail.xhr.status === 401) signInAgain(detail.elt.closest('form'), detail.requestConfig.parameters._op);
  else if (!detail.elt.closest('[data-poll]')) notice(failure(detail.xhr.responseText));
});
for (const trouble of ['htmx:sendError', 'htmx:timeout']) {
  document.addEventListener(trouble, ({ detail }) => {
    if (!detail.elt.closest('[data-poll]')) notice(failure());
  });
}

document.addEventListener('click', ({ target }) => { if (target.closest?.('[data-print]')) window.print(); });

pollWithEtag(htmx);
liveForms(htmx);
guardSubmits();
goOn();
watchDrafts();
watchFind();

// Loaded only by the pages that have such a thing.
const PARTS = [
  ['[data-signature]', async () => (await import('./signature.js')).signatures()],
  ['[data-upload]', async () => (await import('./uploads.js')).watchUploads()],
  ['[data-keys]', async () => (await import('./keys.js')).watchKeys()],
];
function loadParts() {
  for (const [selector, load] of PARTS) if (document.querySelector(selector)) load();
}
loadParts();
document.addEventListener('htmx:afterSettle', loadParts);
