// The messages of the open channel. No virtual list: at most 400 rows, the browser skips those out of sight.
import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { dayName, timeOf } from '../core/format.ts';
import { t } from '../core/i18n.ts';
import { ROWS_MAX } from '../core/session.ts';
import type { Channel } from '../core/store.ts';
import { awake } from '../platform/page.ts';
import { Icon } from '../ui/Icon.tsx';
import { MessageRow, PendingRow } from './MessageRow.tsx';
import { type Row, rowsOf } from './rows.ts';
import { useSlices } from './slices.ts';
import { covered, divider, failed, heldUnread, route, session, signed } from './state.ts';

const NEAR_END = 100;
const LOAD_AHEAD = 1200;
const TRY_AGAIN_MS = 3000;

/** Where one was in each channel: the message at the top edge and what was above the edge of it. */
type Place = { id: string; offset: number } | 'end';
const places = new Map<number, Place>();

export function MessageList({ channel: c }: { channel: Channel }) {
  const box = useRef<HTMLOListElement>(null);
  const atEnd = useRef(true);
  const away = useSignal(false);
  const asked = route.value.page === 'chat' && route.value.channel === c.id ? route.value.message : undefined;
  const flash = useSignal(0);

  const rows = useComputed(() => {
    const messages = c.timeline.order.value.flatMap(id => c.timeline.entries.get(id)?.message.peek() ?? []);
    const pending = c.timeline.hasAfter
      ? []
      : session.outbox.items.value.filter(i => i.channel_id === c.id && (!i.thread_id || i.also_send_to_channel));
    const mark = divider.value?.channel === c.id ? divider.value.seq : -1;
    return rowsOf(messages, pending, session.store.me, mark, c.timeline.hasBefore);
  });
  const loading = session.loading.value.has(c.id);
  const { drawn, whole, cut, seeking, seek, found } = useSlices(rows.value, () =>
    goalOf(rows.value, asked, places.get(c.id)),
  );

  // First sight of the channel, and of what the server says of it: what was read up to is remembered, the newest page is
  // fetched if it is not there.
  const fresh = session.fresh.value;
  useLayoutEffect(() => {
    if (c.unread.peek() > 0 || c.readSeq.peek() < 0) divider.value = { channel: c.id, seq: c.readSeq.peek() };
    else if (divider.peek()?.channel !== c.id) divider.value = null;
    const stays = !atEnd.current;
    const had = c.timeline.order.peek().length > 0;
    const behind = c.unread.peek() > 0 && (c.timeline.applied ?? 0) < c.head.peek();
    const known = asked ? c.timeline.entries.has(asked) : had && !c.stale.peek() && !behind;
    if (asked || !stays) seek();
    const load = known ? Promise.resolve() : asked ? session.around(c, asked) : session.load(c);
    load.then(
      () => {
        if (!asked) {
          if (had && !stays) place();
          found();
          return;
        }
        flash.value = asked;
        atEnd.current = false;
        requestAnimationFrame(() => {
          rowAt(box.current, asked)?.scrollIntoView({ block: 'center' });
          found();
        });
        setTimeout(() => {
          flash.value = 0;
        }, 2500);
      },
      wrong => {
        found();
        failed(wrong);
      },
    );
    return () => {
      heldUnread.value = 0;
      if (divider.peek()?.channel === c.id) divider.value = null;
    };
  }, [c, asked, fresh]);

  // A gap was told while the channel is open: the newest page again.
  const stale = c.stale.value;
  useEffect(() => {
    if (stale) session.load(c).catch(failed);
  }, [c, stale]);

  // The first unread with something above it; else where it was left; else the end.
  const first = drawn.length > 0;
  const place = () => {
    const node = box.current;
    if (!node) return;
    const left = places.get(c.id);
    const mark = node.querySelector<HTMLElement>('.new');
    const row = left && left !== 'end' ? node.querySelector<HTMLElement>(`[data-message-id="${left.id}"]`) : null;
    if (mark) node.scrollTop = mark.offsetTop - node.offsetTop - node.clientHeight / 3;
    else if (row && left && left !== 'end') node.scrollTop = row.offsetTop - node.offsetTop - left.offset;
    else node.scrollTop = node.scrollHeight;
    atEnd.current = !mark && !row;
    look();
  };
  useLayoutEffect(() => {
    const node = box.current;
    if (!node || !first || asked) return;
    place();
    return () => void places.set(c.id, atEnd.current ? 'end' : placeOf(node));
  }, [c, first]);

  // The line under the eye stays where it is, whatever comes or goes above it. Browsers do that too where rows are laid out
  // late; but not at the very edge, and not where a row loses its head because the one before it has come.
  const eye = atEnd.current ? null : lineOf(box.current);
  useLayoutEffect(() => {
    const node = box.current;
    if (!node || !eye?.line.isConnected || atEnd.current) return;
    const moved = eye.line.getBoundingClientRect().top - eye.top;
    if (Math.abs(moved) >= 1) node.scrollTop += moved;
  });

  // The end stays the end when something comes or grows; one's own message goes there in any case.
  const last = drawn.at(-1);
  const lastKey = last?.key;
  const own = last?.kind === 'pending';
  useLayoutEffect(() => {
    const node = box.current;
    if (!node || !(atEnd.current || own)) return;
    if (c.timeline.order.peek().length > ROWS_MAX + 50) c.timeline.trim(ROWS_MAX, 'first');
    toEnd(node);
  }, [lastKey, own]);
  useLayoutEffect(() => {
    const node = box.current;
    if (!node) return;
    const watch = new ResizeObserver(() => {
      if (atEnd.current) toEnd(node);
    });
    watch.observe(node);
    for (const child of node.children) watch.observe(child);
    const added = new MutationObserver(changes => {
      for (const change of changes) for (const one of change.addedNodes) if (one instanceof Element) watch.observe(one);
    });
    added.observe(node, { childList: true });
    return () => {
      watch.disconnect();
      added.disconnect();
    };
  }, []);

  // What is seen with the window in front is read.
  const unread = c.unread.value;
  const head = c.head.value;
  const live = session.connection.phase.value === 'live';
  const seen = live && awake.value && !covered.value && !away.value && heldUnread.value !== c.id;
  useEffect(() => {
    if (!seen || !first || c.timeline.hasAfter) return;
    const timer = setTimeout(() => session.read(c), 400);
    return () => clearTimeout(timer);
  }, [c, seen, first, unread, head]);

  const toEnd = (node: HTMLElement) => {
    node.scrollTop = node.scrollHeight;
    atEnd.current = true;
    away.value = false;
  };

  const moving = useRef(false);
  const look = () => {
    const node = box.current;
    if (!node) return;
    const below = node.scrollHeight - node.scrollTop - node.clientHeight;
    const { above: cutAbove, below: cutBelow } = cut.current;
    // While rows are drawn below, whoever is at the end stays there, and nobody comes there.
    atEnd.current = below < NEAR_END && !c.timeline.hasAfter && (!cutBelow || atEnd.current);
    away.value = !atEnd.current;
    if (node.scrollTop < LOAD_AHEAD && c.timeline.hasBefore && first && !cutAbove) void more('older');
    else if (below < LOAD_AHEAD && c.timeline.hasAfter && !cutBelow) void more('newer');
  };
  // What was fetched is drawn now: there may be room for more.
  useLayoutEffect(() => {
    if (whole && !seeking()) look();
  }, [whole]);

  const more = async (where: 'older' | 'newer') => {
    const node = box.current;
    if (!node || moving.current) return;
    moving.current = true;
    const edge = () => c.timeline.order.peek().at(where === 'older' ? 0 : -1);
    const before = edge();
    const came = await session[where](c).then(
      () => edge() !== before,
      () => false,
    );
    requestAnimationFrame(() => {
      moving.current = false;
      // Whoever stands still at the edge gives nothing to react to: looked at again, later when nobody answered.
      if (came) look();
      else setTimeout(look, TRY_AGAIN_MS);
    });
  };

  const latest = () => {
    const go = () =>
      requestAnimationFrame(() => {
        if (box.current) toEnd(box.current);
      });
    if (c.timeline.hasAfter) session.load(c).then(go, failed);
    else go();
  };

  return (
    <>
      <ol
        ref={box}
        id="messagesContainer"
        class="log"
        aria-label={signed(c)}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        tabIndex={0}
        aria-busy={loading}
        onScroll={look}
        onKeyDown={event => step(event, latest)}
      >
        {!c.timeline.hasBefore && !cut.current.above && <Beginning channel={c} />}
        {!first && loading && <Skeleton />}
        {drawn.map(row => {
          switch (row.kind) {
            case 'day':
              return (
                <li class="day" key={row.key}>
                  <h2>{dayName(row.at)}</h2>
                </li>
              );
            case 'new':
              return (
                <li class="new" id="new" key={row.key}>
                  <h2>{t('newMessages')}</h2>
                  <span>{row.older ? t('olderUnread') : t('since', { time: timeOf(row.since) })}</span>
                  <button
                    type="button"
                    onClick={() => {
                      heldUnread.value = 0;
                      session.read(c);
                      divider.value = null;
                    }}
                  >
                    {t('markRead')}
                  </button>
                </li>
              );
            case 'pending':
              return <PendingRow key={row.key} item={row.item} grouped={row.grouped} />;
            default: {
              const entry = c.timeline.entries.get(row.id);
              return entry ? (
                <MessageRow
                  key={row.key}
                  message={entry.message}
                  grouped={row.grouped}
                  flash={flash.value === row.id}
                />
              ) : null;
            }
          }
        })}
      </ol>
      {away.value && first && (
        <button type="button" class="btn latest" onClick={latest}>
          <Icon name="arrow-down" size="s" />
          {unread > 0 ? t('jumpNew', { n: unread }) : t('jumpLatest')}
          {c.mentions.value > 0 && <span class="you">{c.mentions.value}</span>}
        </button>
      )}
    </>
  );
}

function Beginning({ channel: c }: { channel: Channel }) {
  const direct = c.meta.value.type === 'direct';
  return (
    <li class="start">
      <h2>{signed(c)}</h2>
      <p>{t(direct ? 'beginDirect' : 'begin')}</p>
      {!direct && c.meta.value.description && <p>{c.meta.value.description}</p>}
    </li>
  );
}

const Skeleton = () => (
  <li class="skel" aria-hidden="true">
    {[72, 48, 60, 84].map(width => (
      <i key={width} style={{ width: `${width}%` }} />
    ))}
  </li>
);

/** The row to go to: the message that is asked for, or the first unread; else where it was left; else the end. */
function goalOf(rows: Row[], asked: number | undefined, left: Place | undefined): number {
  const at = (id: number) => rows.findIndex(row => row.kind === 'message' && row.id === id);
  const goal = asked ? at(asked) : rows.findIndex((_, i) => rows[i - 1]?.kind === 'new');
  if (goal >= 0) return goal;
  const was = left && left !== 'end' ? at(Number(left.id)) : -1;
  return was >= 0 ? was : rows.length - 1;
}

const rowAt = (box: HTMLElement | null, id: number) => box?.querySelector<HTMLElement>(`[data-message-id="${id}"]`);

/** The first line of text below the edge, and where it is. */
function lineOf(box: HTMLElement | null): { line: Element; top: number } | null {
  if (!box) return null;
  const edge = box.getBoundingClientRect().top;
  for (const row of box.querySelectorAll('.message')) {
    if (row.getBoundingClientRect().bottom <= edge) continue;
    const line = row.querySelector('.txt') ?? row;
    const { top } = line.getBoundingClientRect();
    if (top >= edge) return { line, top };
  }
  return null;
}

function placeOf(node: HTMLElement): { id: string; offset: number } {
  for (const row of node.querySelectorAll<HTMLElement>('.message[data-message-id]')) {
    const offset = row.offsetTop - node.offsetTop - node.scrollTop;
    if (offset + row.offsetHeight > 0) return { id: row.dataset.messageId ?? '', offset };
  }
  return { id: '', offset: 0 };
}

/** Arrows walk from message to message: the list is one stop of the Tab key. */
function step(event: KeyboardEvent, latest: () => void): void {
  const list = event.currentTarget as HTMLElement;
  const target = event.target as HTMLElement;
  if (target.closest('textarea, input, .pop')) return;
  const rows = [...list.querySelectorAll<HTMLElement>('.message[data-message-id]')];
  const row = target.closest<HTMLElement>('.message');
  const at = row ? rows.indexOf(row) : rows.length;
  const to = (index: number) => {
    event.preventDefault();
    rows[Math.max(0, Math.min(index, rows.length - 1))]?.focus();
  };
  if (event.key === 'ArrowUp') to(at - 1);
  else if (event.key === 'ArrowDown') to(at + 1);
  else if (event.key === 'End') {
    event.preventDefault();
    latest();
  }
}
