// Draws one BPMN diagram with the state of a case on it. No buttons, no CSS: see viewer.js.
import Viewer from 'bpmn-js/lib/Viewer';
import MoveCanvas from 'diagram-js/lib/navigation/movecanvas';
import { say } from './words.js';

const STATES = ['done', 'open', 'late', 'cancelled', 'added', 'changed', 'removed'];
// Colour alone does not tell: these states are also written at the element.
const TAGGED = ['open', 'late', 'added', 'changed', 'removed'];
const FONT = 'system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

function translate(template, values = {}) {
  const known = { 'Open {element}': say('openPart', { element: '{element}' }) };
  return (known[template] || template).replace(/{(\w+)}/g, (_, name) => values[name] ?? '');
}

function label(className, text) {
  const tag = document.createElement('div');
  tag.className = className;
  tag.textContent = text;
  return tag;
}

function mark(viewer, state, counts) {
  const canvas = viewer.get('canvas');
  const overlays = viewer.get('overlays');
  const known = (entry) => viewer.get('elementRegistry').get(entry[0]);
  for (const [id, name] of Object.entries(state).filter(known)) {
    if (!STATES.includes(name)) continue;
    canvas.addMarker(id, `state-${name}`);
    if (TAGGED.includes(name) && !('waypoints' in viewer.get('elementRegistry').get(id))) {
      overlays.add(id, 'state', { position: { top: -14, left: 6 }, html: label(`diagram-tag is-${name}`, say(name)) });
    }
  }
  for (const [id, number] of Object.entries(counts).filter(known)) {
    overlays.add(id, 'count', { position: { top: -14, right: 16 }, html: label('diagram-count', number) });
  }
}

// Size of the drawing in px at 100 %, e.g. { width: 1200, height: 430 }.
export function extent(viewer) {
  const { inner } = viewer.get('canvas').viewbox();
  return { width: Math.ceil(inner.width), height: Math.ceil(inner.height) };
}

// fit-viewport fills to the last pixel; tags and strokes need some air.
const AIR = 20;

export function fit(viewer) {
  const canvas = viewer.get('canvas');
  const { inner, outer } = canvas.viewbox();
  if (!outer.width || !inner.width) return;
  const scale = Math.min(1, outer.width / (inner.width + 2 * AIR), outer.height / (inner.height + 2 * AIR));
  const width = outer.width / scale;
  const height = outer.height / scale;
  canvas.viewbox({
    x: inner.x - (width - inner.width) / 2,
    y: inner.y - Math.min(AIR / scale, (height - inner.height) / 2), // the BPMN.iO mark is below
    width,
    height,
  });
}

// state: { elementId: 'done' | 'open' | 'late' | 'cancelled' | 'added' | 'changed' | 'removed' }, counts: { elementId: number }
export async function draw({ canvas, xml, state = {}, counts = {} }) {
  const viewer = new Viewer({
    container: canvas,
    additionalModules: [MoveCanvas, { translate: ['value', translate] }],
    textRenderer: { defaultStyle: { fontFamily: FONT }, externalStyle: { fontFamily: FONT } },
  });
  await viewer.importXML(xml);
  mark(viewer, state, counts);
  return viewer;
}
