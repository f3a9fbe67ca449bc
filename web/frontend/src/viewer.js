// The process diagram on a case page: every [data-diagram] element, with buttons, keys and touch.
//   <div class="diagram" data-diagram aria-label="…" data-src="/cases/12/diagram.json"></div>
// or, instead of data-src, a child <script type="application/json">{"xml": …, "state": …, "counts": …}</script>,
// or a child <script type="application/xml-bpmn"> (never for XML that may hold "</script").
import { draw, extent } from './diagram.js';
import { touchNavigation } from './touch.js';
import { STEP, View, keys, wheel } from './view.js';
import { say } from './words.js';
import './viewer.css';

const ICONS = document.querySelector('meta[name=icons]')?.content;

async function content(box) {
  if (box.dataset.src) {
    const answer = await fetch(box.dataset.src, { headers: { Accept: 'application/json' } });
    if (!answer.ok) throw new Error(`${answer.status} ${box.dataset.src}`);
    return answer.json();
  }
  const json = box.querySelector('script[type="application/json"]');
  const xml = box.querySelector('script[type="application/xml-bpmn"]');
  return { ...(json && JSON.parse(json.textContent)), ...(xml && { xml: xml.textContent.trim() }) };
}

function element(name, className, attributes = {}) {
  const node = document.createElement(name);
  node.className = className;
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

function button(key, icon, sign, press) {
  const node = element('button', 'btn btn-icon', { type: 'button', title: say(key), 'aria-label': say(key) });
  if (ICONS) node.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${ICONS}#${icon}"></use></svg>`;
  else node.textContent = sign;
  node.addEventListener('click', press);
  return node;
}

function legend(state) {
  const list = element('ul', 'diagram-legend');
  const used = new Set(Object.values(state));
  for (const name of ['done', 'open', 'late', 'cancelled', 'added', 'changed', 'removed'].filter((each) => used.has(each))) {
    const item = element('li', '');
    item.append(element('span', `diagram-swatch is-${name}`, { 'aria-hidden': 'true' }), say(name));
    list.append(item);
  }
  return list;
}

function bar(view, state) {
  const node = element('div', 'diagram-bar');
  node.append(
    button('zoomIn', 'plus', '+', () => view.zoom(STEP)),
    button('zoomOut', 'minus', '−', () => view.zoom(1 / STEP)),
    button('fit', 'maximize', '⛶', () => view.showAll()),
  );
  if (view.shapes.length) node.append(button('locate', 'focus-2', '◎', () => view.locate()));
  node.append(legend(state));
  return node;
}

// As high as the drawing at this width wants to be, within reason.
function height(viewer, width) {
  const size = extent(viewer);
  const wanted = size.height * Math.min(1, width / size.width) + 60;
  return Math.round(Math.min(Math.max(wanted, 220), window.innerHeight * 0.7));
}

async function present(box) {
  const { xml, state = {}, counts = {} } = await content(box);
  const canvas = element('div', 'diagram-canvas', {
    tabindex: '0', role: 'application', 'aria-label': box.getAttribute('aria-label') || document.title,
  });
  box.append(canvas);
  const viewer = await draw({ canvas, xml, state, counts });
  const view = new View(viewer, canvas, state);
  canvas.querySelector('svg')?.setAttribute('tabindex', '-1');
  canvas.style.height = `${height(viewer, canvas.clientWidth)}px`;
  box.prepend(bar(view, state));
  view.open();
  keys(view);
  wheel(view);
  touchNavigation(view.canvas, () => view.moved());
  canvas.addEventListener('mousemove', (event) => { if (event.buttons) view.moved(); });
  new ResizeObserver(() => { view.canvas.resized(); if (view.fitted) view.showAll(); }).observe(canvas);
}

function failed(box) {
  const note = element('p', 'm-3 text-secondary', { role: 'status' });
  note.textContent = say('diagramFailed');
  box.replaceChildren(note);
}

// A folded <details> has no width, and nothing can be fitted into it: wait until it is seen.
function whenSeen(box) {
  box.dataset.diagram = 'waiting';
  const watch = new ResizeObserver(() => {
    if (!box.clientWidth) return;
    watch.disconnect();
    box.dataset.diagram = 'shown';
    present(box).catch(() => failed(box));
  });
  watch.observe(box);
}

function find() {
  document.querySelectorAll('[data-diagram=""]').forEach(whenSeen);
}

find();
document.addEventListener('htmx:afterSettle', find);
