// A page made for the printer: opens the dialog once it is drawn, and again at the button.
addEventListener('load', () => window.print());
document.addEventListener('click', ({ target }) => { if (target.closest?.('[data-print]')) window.print(); });
