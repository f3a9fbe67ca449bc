// For a page without a server: the PNG renderer opens it from disk. Styles: viewer.css.
import { draw, extent, fit } from './diagram.js';

const AIR = 40; // room for the BPMN.iO mark below the drawing

// Draws into `canvas` (element or selector) and resolves to the drawing's size in px.
// A canvas without a height of its own is given the drawing's size.
async function show({ canvas, xml, state, counts }) {
  const box = typeof canvas === 'string' ? document.querySelector(canvas) : canvas;
  const unsized = !box.clientHeight; // asked before the drawing gives it some
  const viewer = await draw({ canvas: box, xml, state, counts });
  const size = extent(viewer);
  if (unsized) {
    box.style.width = `${size.width + 2 * AIR}px`;
    box.style.height = `${size.height + 2 * AIR}px`;
    viewer.get('canvas').resized();
  }
  fit(viewer);
  await document.fonts.ready;
  return size;
}

window.StewardViewer = { show };
