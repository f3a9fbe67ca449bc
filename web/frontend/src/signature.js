// A signature is drawn, or (without a pointer or without JavaScript) typed:
//   <div data-signature id="…"><input type="hidden" name="…" value="data:image/png;base64,…">
//     <label>…</label><input type="text" name="…"></div>
// The hidden input gets the drawing; the typed name stays as it is.
import SignaturePad from 'signature_pad';
import { say } from './words.js';

const MARGIN = 8;
const WIDEST = 600;

// Only the strokes, as a PNG data URL of at most WIDEST px.
function trimmed(canvas, pad) {
  const ratio = canvas.width / canvas.clientWidth;
  const points = pad.toData().flatMap((stroke) => stroke.points);
  const xs = points.map((point) => point.x * ratio);
  const ys = points.map((point) => point.y * ratio);
  const left = Math.max(0, Math.min(...xs) - MARGIN * ratio);
  const top = Math.max(0, Math.min(...ys) - MARGIN * ratio);
  const width = Math.min(canvas.width, Math.max(...xs) + MARGIN * ratio) - left;
  const height = Math.min(canvas.height, Math.max(...ys) + MARGIN * ratio) - top;
  const scale = Math.min(1, WIDEST / width);
  const copy = document.createElement('canvas');
  copy.width = Math.max(1, Math.round(width * scale));
  copy.height = Math.max(1, Math.round(height * scale));
  copy.getContext('2d').drawImage(canvas, left, top, width, height, 0, 0, copy.width, copy.height);
  return copy.toDataURL('image/png');
}

// Sharp on a phone; the strokes survive a turned phone.
function fitCanvas(canvas, pad) {
  if (!canvas.clientWidth) return;
  const ratio = Math.max(1, window.devicePixelRatio);
  const strokes = pad.toData();
  canvas.width = canvas.clientWidth * ratio;
  canvas.height = canvas.clientHeight * ratio;
  canvas.getContext('2d').scale(ratio, ratio);
  pad.fromData(strokes);
}

function parts() {
  const own = document.createElement('div');
  own.className = 'sign-pad';
  own.setAttribute('data-own', '');
  own.innerHTML = '<canvas role="img"></canvas><img alt="" hidden><span></span><button type="button" class="btn"></button>';
  const [canvas, image, hint, again] = own.children;
  canvas.setAttribute('aria-label', say('signPad'));
  hint.textContent = say('signHere');
  again.textContent = say('redraw');
  return { own, canvas, image, hint, again };
}

function signature(block) {
  const value = block.querySelector('input[type=hidden]');
  const { own, canvas, image, hint, again } = parts();
  const pad = new SignaturePad(canvas, { minWidth: 0.8, maxWidth: 2.6 });
  const changed = () => value.dispatchEvent(new Event('input', { bubbles: true }));
  const empty = () => pad.isEmpty() && image.hidden;
  const show = () => { hint.hidden = !empty(); again.hidden = empty(); canvas.hidden = !image.hidden; };
  value.after(own);
  if (value.value.startsWith('data:image/')) { image.src = value.value; image.hidden = false; }
  pad.addEventListener('beginStroke', () => { hint.hidden = true; });
  pad.addEventListener('endStroke', () => { value.value = trimmed(canvas, pad); show(); changed(); });
  again.addEventListener('click', () => {
    pad.clear();
    image.hidden = true;
    value.value = '';
    show();
    fitCanvas(canvas, pad);
    changed();
  });
  show();
  new ResizeObserver(() => fitCanvas(canvas, pad)).observe(canvas);
}

export function signatures() {
  for (const block of document.querySelectorAll('[data-signature]')) {
    if (!block.querySelector('[data-own]')) signature(block);
  }
}
