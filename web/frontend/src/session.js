// Signed out meanwhile: send the form as a browser does, so that the sign-in page keeps what was typed.
export const csrfToken = () => document.querySelector('meta[name=csrf-token]')?.content ?? '';

function carry(form, name, value) {
  const input = document.createElement('input');
  Object.assign(input, { type: 'hidden', name, value });
  form.append(input);
}

export function signInAgain(form, op) {
  if (!form || form.method !== 'post') {
    window.location.reload();
    return;
  }
  carry(form, '_op', op || 'refresh');
  form.dispatchEvent(new CustomEvent('steward:leaving', { bubbles: true }));
  // Chosen files cannot be kept by the sign-in page: leave them out rather than send them for nothing.
  form.querySelectorAll('input[type=file]').forEach((input) => { input.disabled = true; });
  HTMLFormElement.prototype.submit.call(form);
}
