// Lists that keep themselves fresh:
//   <div id="rows" data-poll data-etag="…" hx-get="/inbox/rows" hx-trigger="every 15s, seen" hx-swap="morph:innerHTML">
// The request carries If-None-Match; the answer 304 changes nothing. A page nobody looks at does not ask.
export function pollWithEtag(htmx) {
  document.addEventListener('htmx:configRequest', (event) => {
    const { elt, headers } = event.detail;
    if (!elt.matches('[data-poll]')) return;
    if (document.hidden) event.preventDefault();
    else if (elt.dataset.etag) headers['If-None-Match'] = elt.dataset.etag;
  });
  document.addEventListener('htmx:afterRequest', ({ detail: { elt, xhr } }) => {
    if (elt.matches('[data-poll]') && xhr.status === 200) elt.dataset.etag = xhr.getResponseHeader('ETag') ?? '';
  });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return;
    document.querySelectorAll('[data-poll]').forEach((elt) => htmx.trigger(elt, 'seen'));
  });
}
