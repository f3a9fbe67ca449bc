// Quiet drafts and a warning before typed text is lost:
//   <form data-draft="/tasks/12/draft">…<span data-draft-state></span></form>   saved 1.5 s after the last key
//   <form data-guard>                                                             warning only
import { say } from './words.js';
import { csrfToken, signInAgain } from './session.js';

const PAUSE = 1500;
const OFFLINE = 'offline';
// form -> { timer, request, dirty, note }; an entry goes with its form
const drafts = new WeakMap();

function draftOf(form) {
  if (!drafts.has(form)) drafts.set(form, { dirty: false });
  return drafts.get(form);
}

function tell(form, key, values) {
  draftOf(form).note = say(key, values);
  remind(form);
}

// Also after a morph, whose answer has an empty note.
function remind(form) {
  const place = form.querySelector('[data-draft-state]') ?? document.querySelector('[data-draft-state]');
  if (place && drafts.get(form)?.note) place.textContent = drafts.get(form).note;
}

function clock() {
  return new Date().toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit', hour12: false });
}

function answers(form) {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
}

async function post(form, signal) {
  const answer = await fetch(form.dataset.draft, {
    method: 'POST',
    body: answers(form),
    headers: { 'HX-Request': 'true', 'X-CSRFToken': csrfToken() },
    redirect: 'manual',
    signal,
  });
  if (answer.status === 401) signInAgain(form, 'refresh');
  else if (answer.ok) return;
  throw new Error(`draft: ${answer.status}`);
}

async function save(form) {
  const draft = draftOf(form);
  clearTimeout(draft.timer);
  draft.request?.abort();
  const request = draft.request = new AbortController();
  draft.dirty = false; // keys pressed while the answer is awaited make it dirty again
  tell(form, 'draftSaving');
  try {
    await post(form, request.signal);
    tell(form, 'draftSaved', { time: clock() });
  } catch (trouble) {
    if (trouble.name === 'AbortError') return;
    draft.dirty = true;
    draft.waits = trouble instanceof TypeError ? OFFLINE : '';
    tell(form, draft.waits ? 'draftOffline' : 'draftFailed');
  }
}

function touched({ target }) {
  const form = target.form ?? target.closest?.('form');
  if (!form?.matches('[data-draft], [data-guard]')) return;
  const draft = draftOf(form);
  draft.dirty = true;
  clearTimeout(draft.timer);
  if (form.dataset.draft) draft.timer = setTimeout(save, PAUSE, form);
}

function leaving({ target }) {
  const draft = drafts.get(target);
  if (!draft) return;
  clearTimeout(draft.timer);
  draft.request?.abort();
  draft.dirty = false;
}

const forms = () => [...document.querySelectorAll('form[data-draft], form[data-guard]')];
const unsaved = (form) => drafts.get(form)?.dirty;

export function watchDrafts() {
  document.addEventListener('input', touched);
  document.addEventListener('change', touched);
  document.addEventListener('steward:leaving', leaving);
  document.addEventListener('htmx:afterSettle', () => forms().forEach(remind));
  window.addEventListener('submit', (event) => { if (!event.defaultPrevented) leaving(event); });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) forms().filter((form) => form.dataset.draft && unsaved(form)).forEach(save);
  });
  window.addEventListener('online', () => {
    forms().filter((form) => drafts.get(form)?.waits === OFFLINE).forEach(save);
  });
  window.addEventListener('beforeunload', (event) => { if (forms().some(unsaved)) event.preventDefault(); });
}
