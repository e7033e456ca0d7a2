// Nobody loses the focus: what lies on top takes it and gives it back.

/** What had it last, below all that lies on top. */
let last: Element | null = null;
document.addEventListener('focusin', ({ target }) => {
  if (target instanceof Element && !target.closest('.pop, dialog')) last = target;
});

/** What it answers gives it back to that; to what is near, when that is gone; to nobody, when somebody else has it. */
export function keepFocus(now: Element | null = last): () => void {
  const before = [now, now?.closest('.message')];
  return () => {
    // On a telephone a box to write in would bring up the keyboard.
    const box = matchMedia('(hover: hover)').matches ? document.querySelector('.dock textarea') : null;
    for (const node of [...before, box, document.querySelector('main :is(a, button)')]) {
      if (document.activeElement && document.activeElement !== document.body) return;
      if (node instanceof HTMLElement && node.isConnected) node.focus();
    }
  };
}
