// diagram-js dropped touch support: one finger pans, two fingers zoom.
const SMALLEST = 0.1;
const LARGEST = 4;

export const limit = (zoom) => Math.min(LARGEST, Math.max(SMALLEST, zoom));

function pinch(canvas, [a, b], before) {
  const distance = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
  if (before) {
    const box = canvas.getContainer().getBoundingClientRect();
    const centre = { x: (a.clientX + b.clientX) / 2 - box.left, y: (a.clientY + b.clientY) / 2 - box.top };
    canvas.zoom(limit((canvas.zoom() * distance) / before), centre);
  }
  return distance;
}

// `moved` is called after every change made by a finger.
export function touchNavigation(canvas, moved) {
  const box = canvas.getContainer();
  const fingers = new Map();
  let distance = 0;
  const lift = (event) => { fingers.delete(event.pointerId); distance = 0; };
  box.addEventListener('pointerdown', (event) => {
    if (event.pointerType !== 'touch') return;
    fingers.set(event.pointerId, event);
    distance = 0;
  });
  box.addEventListener('pointermove', (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    fingers.set(event.pointerId, event);
    if (fingers.size === 1) {
      canvas.scroll({ dx: event.clientX - before.clientX, dy: event.clientY - before.clientY });
    } else {
      distance = pinch(canvas, [...fingers.values()], distance);
    }
    moved();
  });
  for (const end of ['pointerup', 'pointercancel', 'pointerleave']) box.addEventListener(end, lift);
}
