// What part of a diagram is seen, and how keys and wheel change it.
import { fit } from './diagram.js';
import { limit } from './touch.js';

export const STEP = 1.3;
// Smaller than this nobody reads a step's name: a running case then opens where it stands.
const LEGIBLE = 0.6;
const SHIFT = 60; // px a key press moves

// While all is in view a vertical swipe scrolls the page; zoomed in, the finger belongs to the diagram.
export class View {
  constructor(viewer, canvas, state) {
    this.viewer = viewer;
    this.canvas = viewer.get('canvas');
    this.box = canvas;
    this.shapes = Object.keys(state)
      .filter((id) => ['open', 'late', 'added', 'changed', 'removed'].includes(state[id]))
      .map((id) => viewer.get('elementRegistry').get(id))
      .filter((found) => found && !('waypoints' in found));
    this.fitted = true;
  }

  showAll() {
    this.fitted = true;
    this.canvas.resized();
    fit(this.viewer);
    this.box.style.touchAction = 'pan-y';
  }

  // As a page opens: until a finger moves the diagram, a swipe over it scrolls the page.
  open() {
    this.showAll();
    if (!this.shapes.length || this.canvas.zoom() >= LEGIBLE) return;
    this.locate();
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

  // The next of the steps that wait, at a size one can read.
  locate() {
    const shape = this.shapes[0];
    this.shapes.push(this.shapes.shift());
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

export function keys(view) {
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
export function wheel(view) {
  view.box.addEventListener('wheel', (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const box = view.box.getBoundingClientRect();
    view.zoom(Math.exp(-event.deltaY / 200), { x: event.clientX - box.left, y: event.clientY - box.top });
  }, { passive: false });
}
