// One press, one submit: the buttons of a form rest while the browser waits for the answer.
import { say } from './words.js';

function rest(form) {
  form.setAttribute('aria-busy', 'true');
  for (const button of form.querySelectorAll('button:not([type=button])')) button.disabled = true;
}

function wake() {
  for (const form of document.querySelectorAll('form[aria-busy]')) {
    form.removeAttribute('aria-busy');
    for (const button of form.querySelectorAll('button[disabled]')) button.disabled = false;
  }
}

export function guardSubmits() {
  // In the bubbling phase at the window, hence after everything that may call preventDefault.
  window.addEventListener('submit', (event) => {
    const { target: form, submitter } = event;
    if (event.defaultPrevented || form.target === '_blank' || form.hasAttribute('data-download')) return;
    if (form.method === 'dialog') return;
    submitter?.setAttribute('title', say('busy'));
    // A disabled button is not sent with the form: wait until the browser has collected it.
    setTimeout(() => rest(form));
  });
  window.addEventListener('pageshow', wake); // came back with the browser's Back button
}

// A long job is done in parts, and the page of a part asks for the next by itself; without JavaScript
// somebody presses the button.
export function goOn() {
  const form = document.querySelector('[data-goes-on]');
  if (form) setTimeout(() => form.requestSubmit(), 300);
}
