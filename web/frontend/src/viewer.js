// The process diagram on a case page: every [data-diagram] element, with buttons, keys and touch.
//   <div class="diagram" data-diagram aria-label="…" data-src="/cases/12/diagram.json"></div>
// or, instead of data-src, a child <script type="application/json">{"xml": …, "state": …, "counts": …}</script>,
// or a child <script type="application/xml-bpmn"> (never for XML that may hold "</script").
import { draw, extent, fit } from './diagram.js';
import { limit, touchNavigation } from './touch.js';
import { say } from './words.js';
import './viewer.css';

const STEP = 1.3;
const SHIFT = 60;
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
  for (const name of ['done', 'open', 'late', 'cancelled'].filter((each) => used.has(each))) {
    const item = element('li', '');
    item.append(element('span', `diagram-swatch is-${name}`, { 'aria-hidden': 'true' }), say(name));
    list.append(item);
  }
  return list;
}

// While all is in view a vertical swipe scrolls the page; zoomed in, the finger belongs to the diagram.
class View {
  constructor(viewer, canvas, state) {
    this.viewer = viewer;
    this.canvas = viewer.get('canvas');
    this.box = canvas;
    this.current = Object.keys(state).filter((id) => ['open', 'late'].includes(state[id]));
    this.fitted = true;
  }

  showAll() {
    this.fitted = true;
    this.canvas.resized();
    fit(this.viewer);
    this.box.style.touchAction = 'pan-y';
  }

  moved() {
    this.fitted = false;
    this.box.style.touchAction = 'none';
  }

  zoom(factor, centre) {
    this.canvas.zoom(limit(this.canvas.zoom() * factor), centre);
    this.moved();
  }

  scroll(dx, dy) {
    this.canvas.scroll({ dx, dy });
    this.moved();
  }

  locate() {
    const shape = this.viewer.get('elementRegistry').get(this.current[0]);
    const { outer } = this.canvas.viewbox();
    const scale = Math.min(1, outer.width / (shape.width + 2 * SHIFT));
    this.canvas.viewbox({
      x: shape.x + shape.width / 2 - outer.width / scale / 2,
      y: shape.y + shape.height / 2 - outer.height / scale / 2,
      width: outer.width / scale,
      height: outer.height / scale,
    });
    this.moved();
  }
}

function keys(view) {
  const actions = {
    '+': () => view.zoom(STEP),
    '=': () => view.zoom(STEP),
    '-': () => view.zoom(1 / STEP),
    0: () => view.showAll(),
    ArrowLeft: () => view.scroll(SHIFT, 0),
    ArrowRight: () => view.scroll(-SHIFT, 0),
    ArrowUp: () => view.scroll(0, SHIFT),
    ArrowDown: () => view.scroll(0, -SHIFT),
  };
  view.box.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  });
}

// The plain wheel belongs to the page; with Ctrl (also a touchpad's pinch) it zooms.
function wheel(view) {
  view.box.addEventListener('wheel', (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const box = view.box.getBoundingClientRect();
    view.zoom(Math.exp(-event.deltaY / 200), { x: event.clientX - box.left, y: event.clientY - box.top });
  }, { passive: false });
}

function bar(view, state) {
  const node = element('div', 'diagram-bar');
  node.append(
    button('zoomIn', 'plus', '+', () => view.zoom(STEP)),
    button('zoomOut', 'minus', '−', () => view.zoom(1 / STEP)),
    button('fit', 'maximize', '⛶', () => view.showAll()),
  );
  if (view.current.length) node.append(button('locate', 'focus-2', '◎', () => view.locate()));
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
  view.showAll();
  keys(view);
  wheel(view);
  touchNavigation(view.canvas, () => view.moved());
  canvas.addEventListener('mousedown', () => view.moved());
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
