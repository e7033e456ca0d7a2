// Work that can wait until somebody sees what it is for, and until the browser has nothing else to do.
const AHEAD = '300px';
const waiting = new WeakMap<Element, () => void>();
let observer: IntersectionObserver | undefined;

export const idly = (run: () => void): void => {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(run, { timeout: 1000 });
  else setTimeout(run, 50); // Safari
};

/** Runs it once the element is near the screen; answers how to call it off. */
export function whenSeen(element: Element, run: () => void): () => void {
  observer ??= new IntersectionObserver(
    entries => {
      for (const { target, isIntersecting } of entries) if (isIntersecting) begin(target);
    },
    { scrollMargin: AHEAD },
  );
  waiting.set(element, run);
  observer.observe(element);
  return () => {
    waiting.delete(element);
    observer?.unobserve(element);
  };
}

function begin(element: Element): void {
  observer?.unobserve(element);
  idly(() => {
    waiting.get(element)?.();
    waiting.delete(element);
  });
}
