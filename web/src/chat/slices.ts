// Which of the rows are drawn. A page of history drawn at once would be felt: at first sight of a channel come the rows
// that the screen shows, the others a few with each frame.
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** So many more with each frame, at either end. */
const STEP = 12;
/** The height of the lowest row: more of them than this makes no screen shows. */
const ROW_PX = 28;
/** That of most rows. At the end of a channel it is enough to count with this: what is missing comes from above, nothing moves. */
const MOST_PX = 45;

/** Keys of the outermost messages that are drawn; the name of a day is no mark, it moves up when more of that day comes. */
export interface Ends {
  first: string;
  last: string;
}

/**
 * From where to where the rows are drawn next, when those between `before` are: these and some more. Afresh around the
 * row `wanted` (an index; the last one: the end) where nothing is left of them, or where it is not among them.
 */
export function sliceOf(
  keys: readonly string[],
  before: Ends | null,
  wanted: number | null,
  height: number,
): [from: number, to: number] {
  const first = before ? keys.indexOf(before.first) : -1;
  const last = before ? keys.lastIndexOf(before.last) : -1;
  // An end that is not there any more was cut off: the rows begin or end where it was.
  const from = first < 0 ? 0 : first;
  const to = last < 0 ? keys.length : last + 1;
  const left = first >= 0 || last >= 0;
  if (left && (wanted === null || (wanted >= from && wanted < to)))
    return [Math.max(0, from - STEP), Math.min(keys.length, to + STEP)];
  if (wanted === null || wanted >= keys.length - 1)
    return [Math.max(0, keys.length - Math.ceil(height / MOST_PX)), keys.length];
  const some = Math.ceil(height / ROW_PX);
  return [Math.max(0, wanted - some), Math.min(keys.length, wanted + some)];
}

export interface Slices<Row> {
  drawn: Row[];
  whole: boolean;
  /** Whether rows are still to come, as it is at any later time. */
  cut: { current: { above: boolean; below: boolean } };
  /** Until it is found, the row that one wants to see is among those that are drawn. */
  seeking: () => boolean;
  seek: () => void;
  found: () => void;
}

const stays = (row: { kind: string }) => row.kind === 'message' || row.kind === 'pending';

/** `wanted`: the index of the row that one wants to see. */
export function useSlices<Row extends { key: string; kind: string }>(rows: Row[], wanted: () => number): Slices<Row> {
  const ends = useRef<Ends | null>(null);
  const sought = useRef(true);
  const cut = useRef({ above: false, below: false });
  const frames = useSignal(0);
  void frames.value; // each draws anew
  const keys = rows.map(row => row.key);
  const [from, to] = sliceOf(keys, ends.current, sought.current ? wanted() : null, screen.height);
  const drawn = rows.slice(from, to);
  const [first, last] = [drawn.find(stays), drawn.findLast(stays)];
  ends.current = first && last ? { first: first.key, last: last.key } : null;
  cut.current = { above: from > 0, below: to < rows.length };
  const whole = to - from === rows.length;
  useLayoutEffect(() => {
    if (whole) return;
    // After the frame, so that what is there is seen before more is made.
    let timer = 0;
    const frame = requestAnimationFrame(() => {
      timer = setTimeout(() => frames.value++);
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  });
  return {
    drawn,
    whole,
    cut,
    seeking: () => sought.current,
    seek: () => {
      if (sought.current) return;
      sought.current = true;
      frames.value++;
    },
    found: () => {
      sought.current = false;
    },
  };
}
