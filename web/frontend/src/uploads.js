// Files go up when they are chosen:
//   <div data-field><div class="chips" data-chips></div>
//     <input type="file" name="photo" data-upload="/tasks/12/files" data-max-bytes="10485760" data-max-files="9" multiple></div>
// POST, multipart field `file`; the answer is {id, name, size, shown, type, url} or {error}. Each file becomes a chip
// holding <input type="hidden" name="photo" value="id"> (the same markup as file_chip in _macros.html).
import { say } from './words.js';
import { scaledDown } from './photo.js';
import { csrfToken, signInAgain } from './session.js';

const MB = 1024 * 1024;
// progress chip -> its input, while the file goes up
const running = new Map();

const place = (input) => input.closest('[data-field]') ?? input.parentElement;

function chips(input) {
  const found = place(input).querySelector('[data-chips]');
  if (found) return found;
  const made = document.createElement('div');
  made.className = 'chips';
  made.dataset.chips = '';
  input.before(made);
  return made;
}

function complaint(input, sentence) {
  let box = place(input).querySelector('[data-upload-error]');
  if (!box) {
    box = document.createElement('div');
    box.className = 'invalid-feedback d-block';
    box.dataset.uploadError = '';
    box.setAttribute('role', 'alert');
    input.after(box);
  }
  box.textContent = sentence;
  input.classList.toggle('is-invalid', Boolean(sentence));
}

// The same as thumb in _macros.html.
function thumb(link, url) {
  const image = document.createElement('img');
  Object.assign(image, { className: 'thumb', alt: '', width: 56, height: 56, src: `${url}/small` });
  link.prepend(image);
}

function chip(input, { id, name, shown, type, url }) {
  const node = document.createElement('span');
  node.className = 'chip';
  node.innerHTML = '<a target="_blank" rel="noopener"></a><small></small><input type="hidden"><button type="button" class="btn-close" data-remove-file></button>';
  const [link, amount, hidden, remove] = node.children;
  link.textContent = name;
  amount.textContent = shown;
  link.href = url;
  if ('thumbs' in input.dataset && type.startsWith('image/')) thumb(link, url);
  hidden.name = input.name;
  hidden.value = id;
  remove.setAttribute('aria-label', say('removeFile', { name }));
  return node;
}

function progress(name) {
  const node = document.createElement('span');
  node.className = 'chip';
  node.setAttribute('role', 'status');
  const bar = document.createElement('progress');
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute('aria-label', say('uploading', { name }));
  node.append(say('uploading', { name }), bar);
  return { node, bar };
}

// XMLHttpRequest, because fetch cannot tell how much has gone up.
function send(url, file, bar) {
  const request = new XMLHttpRequest();
  const body = new FormData();
  body.append('file', file, file.name);
  request.open('POST', url);
  request.setRequestHeader('X-CSRFToken', csrfToken());
  request.setRequestHeader('HX-Request', 'true');
  request.setRequestHeader('Accept', 'application/json');
  request.upload.addEventListener('progress', ({ loaded, total }) => { bar.value = total ? loaded / total : 0; });
  return new Promise((resolve) => {
    request.addEventListener('loadend', () => resolve(request));
    request.send(body);
  });
}

function answered({ status, responseText }, name) {
  if (status === 0) return { error: say('uploadOffline', { name }) };
  try {
    const answer = JSON.parse(responseText);
    if (answer.error || answer.id !== undefined) return answer;
  } catch (trouble) {
    if (!(trouble instanceof SyntaxError)) throw trouble;
  }
  return { error: say('uploadFailed', { name }) };
}

function accepted(input, file) {
  const kinds = input.accept.split(',').map((kind) => kind.trim().toLowerCase()).filter(Boolean);
  const name = file.name.toLowerCase();
  return !kinds.length || kinds.some((kind) => (kind.startsWith('.') ? name.endsWith(kind)
    : kind.endsWith('/*') ? file.type.startsWith(kind.slice(0, -1)) : file.type === kind));
}

function refusal(input, file) {
  const { name } = file;
  const most = Number(input.dataset.maxBytes) || Infinity;
  if (!accepted(input, file)) return say('uploadType', { name });
  if (file.size > most) return say('uploadLarge', { name, size: (file.size / MB).toFixed(1), max: Math.floor(most / MB) });
  return '';
}

async function upload(input, original) {
  const { node, bar } = progress(original.name);
  running.set(node, input);
  chips(input).append(node);
  const file = await scaledDown(original);
  const sentence = refusal(input, file);
  if (sentence) return [node, { error: sentence }];
  const request = await send(input.dataset.upload, file, bar);
  if (request.status === 401) signInAgain(input.form, 'refresh');
  return [node, answered(request, original.name)];
}

async function add(input, file) {
  const [node, answer] = await upload(input, file);
  running.delete(node);
  node.remove();
  if (answer.error) {
    complaint(input, answer.error);
    return;
  }
  const made = chip(input, answer);
  if (!input.multiple) chips(input).replaceChildren();
  chips(input).append(made);
  made.querySelector('input').dispatchEvent(new Event('input', { bubbles: true }));
}

async function chosen({ target: input }) {
  if (!input.matches?.('input[type=file][data-upload]')) return;
  const files = [...input.files];
  const most = Number(input.dataset.maxFiles) || (input.multiple ? Infinity : 1);
  const present = input.multiple ? chips(input).querySelectorAll('input[type=hidden]').length : 0;
  input.value = ''; // or the form would send the file a second time
  input.required = false;
  complaint(input, present + files.length > most ? say('uploadMany', { max: most }) : '');
  for (const file of files.slice(0, Math.max(0, most - present))) await add(input, file);
}

function removed({ target }) {
  const button = target.closest?.('[data-remove-file]');
  if (!button) return;
  const list = button.closest('[data-chips]');
  const field = button.closest('[data-field]')?.querySelector('input[type=file]');
  button.closest('.chip').remove();
  field?.focus();
  list?.dispatchEvent(new Event('input', { bubbles: true }));
}

// No submit before every file is up, or it would be missing from the record.
function hold(event) {
  const input = [...running.values()].find((each) => each.form === event.target);
  if (!input) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  complaint(input, say('uploadWait'));
}

// A morph may have swept the progress away; the file is still going up.
function showRunning() {
  for (const [node, input] of running) if (!node.isConnected) chips(input).append(node);
}

let watching = false;

export function watchUploads() {
  if (watching) return;
  watching = true;
  document.addEventListener('change', chosen);
  document.addEventListener('click', removed);
  document.addEventListener('submit', hold, { capture: true });
  document.addEventListener('htmx:afterSettle', showRunning);
}
