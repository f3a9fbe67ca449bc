// Forms that answer while they are filled in:
//   <form method="post" hx-post="…" hx-encoding="multipart/form-data" hx-trigger="live"
//         hx-sync="this:replace" hx-target="this" hx-swap="morph:outerHTML">
// A changed [data-live] field, and the buttons that refresh or change rows, post the form with their `_op`
// and morph the answer in. Every other button submits the form as a browser does.
const IN_PLACE = /^(refresh$|add:|del:|up:|down:)/;

// What was typed since the form was sent is newer than the answer: it stays, also where
// the cursor has moved on.
const sent = new WeakMap();

function standing(field) {
  if (field.type === 'checkbox' || field.type === 'radio') return field.checked;
  return field.options && field.multiple ? [...field.selectedOptions].map(({ value }) => value).join('\n') : field.value;
}

export function keepNewer(node, fresh) {
  if (!sent.has(node) || sent.get(node) === standing(node) || node.type === 'file') return;
  if (node.type === 'checkbox' || node.type === 'radio') fresh.toggleAttribute('checked', node.checked);
  else if (node.options) for (const option of fresh.options) option.toggleAttribute('selected', standing(node).split('\n').includes(option.value));
  else if (node.tagName === 'TEXTAREA') fresh.textContent = node.value;
  else fresh.setAttribute('value', node.value);
}

function refresh(htmx, form, op, button) {
  form.addEventListener('htmx:configRequest', ({ detail }) => {
    detail.parameters.delete('_op');
    detail.parameters.append('_op', op);
    detail.pressed = { op, button }; // its own answer, not the next one to settle
    for (const field of form.elements) if (field.name) sent.set(field, standing(field));
  }, { once: true });
  htmx.trigger(form, 'live');
}

// After “add” the cursor stands in the new row, after “remove” on the button that adds.
function focusRow({ op, button }) {
  const [verb, field] = op.split(':');
  if (!field) return;
  const add = document.querySelector(`button[value="add:${CSS.escape(field)}"]`);
  const rows = add?.closest('fieldset, [data-rows]')?.querySelectorAll('tbody tr') ?? [];
  const inputs = rows.length ? rows[rows.length - 1].querySelectorAll('input:not([type=hidden]), select, textarea') : [];
  const target = verb === 'add' ? inputs[0] : button.isConnected ? button : add;
  target?.focus();
}

// Enter would press the first button of the form, and that may be one that removes a row.
function enter(htmx, event) {
  const { target } = event;
  if (event.key !== 'Enter' || event.isComposing || !target.matches('form[hx-post] input')) return;
  event.preventDefault();
  refresh(htmx, target.form, 'refresh');
}

export function liveForms(htmx) {
  document.addEventListener('keydown', (event) => enter(htmx, event));
  document.addEventListener('htmx:afterSettle', ({ detail }) => {
    const pressed = detail.requestConfig?.pressed;
    if (pressed) focusRow(pressed);
  });
  document.addEventListener('change', ({ target }) => {
    if (target.matches('[data-live]') && target.form?.hasAttribute('hx-post')) refresh(htmx, target.form, 'refresh');
  });
  document.addEventListener('submit', (event) => {
    const { target: form, submitter } = event;
    if (submitter?.name !== '_op' || !IN_PLACE.test(submitter.value) || !form.hasAttribute('hx-post')) return;
    event.preventDefault();
    refresh(htmx, form, submitter.value, submitter);
  });
}
