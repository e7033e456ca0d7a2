// Search with operators; the list stays while one looks at what was found.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../core/i18n.ts';
import type { ChannelAnswer, List, Message } from '../core/types.ts';
import { type Part, unmarkedParts } from '../core/unmarked.ts';
import { Icon } from '../ui/Icon.tsx';
import { Excerpt } from './Excerpt.tsx';
import { PanelHead } from './Panel.tsx';
import { failed, query, session } from './state.ts';

interface Found {
  message: Message;
  channel: { id: number; name: string };
  highlight: Part[];
}
const HELP = ['from:@', 'in:#', 'has:file', 'before:', 'after:', '"…"', '-'];

export function Search() {
  const box = useRef<HTMLInputElement>(null);
  const found = useSignal<Found[] | null>(null);
  const more = useSignal<string | null>(null);
  const busy = useSignal(false);
  const turn = useRef(0);
  useEffect(() => {
    const node = box.current;
    if (!node) return;
    node.focus();
    node.setSelectionRange(node.value.length, node.value.length);
  }, [query.value]);
  const look = async (cursor?: string) => {
    const q = box.current?.value.trim() ?? '';
    if (!q) return;
    const mine = ++turn.current;
    busy.value = true;
    try {
      const answer = await session.api.call<List<Found>>('GET', '/messages/search', {
        query: { q, limit: 30, cursor, utc_offset: -new Date().getTimezoneOffset() },
      });
      if (mine !== turn.current) return;
      const { items } = answer;
      for (const { channel } of items) known(channel.id);
      found.value = cursor ? [...(found.value ?? []), ...items] : items;
      more.value = answer.next_cursor;
    } catch (wrong) {
      if (mine === turn.current) failed(wrong);
    } finally {
      if (mine === turn.current) busy.value = false;
    }
  };
  return (
    <>
      <PanelHead title={t('search')} />
      <div class="info">
        <form
          class="find"
          role="search"
          onSubmit={event => {
            event.preventDefault();
            void look();
          }}
        >
          <Icon name="search" size="s" />
          <input
            ref={box}
            type="search"
            name="q"
            aria-label={t('search')}
            placeholder={t('searchFor')}
            maxLength={500}
            key={query.value}
            defaultValue={query.value}
          />
        </form>
        <p class="help">
          {HELP.map(word => (
            <code key={word}>{word}</code>
          ))}
        </p>
        <div role="status" class="vh">
          {found.value && !busy.value && t('foundN', { n: found.value.length })}
        </div>
        {found.value?.length === 0 && <p class="empty">{t('nothingFound')}</p>}
        <div class="found">
          {found.value?.map(f => (
            <Excerpt key={f.message.id} message={f.message}>
              <Marked of={f} />
            </Excerpt>
          ))}
        </div>
        {more.value && (
          <button type="button" class="btn sm" onClick={() => void look(more.value ?? undefined)}>
            {t('showMore')}
          </button>
        )}
      </div>
    </>
  );
}

/** A channel that one is not in may be read too: its name is fetched. */
function known(id: number): void {
  if (session.store.channels.value.get(id)?.told) return;
  session.api.call<ChannelAnswer>('GET', `/channels/${id}`).then(
    told => void session.store.learn(told),
    () => {},
  );
}

function Marked({ of }: { of: Found }) {
  return (
    <>{unmarkedParts(of.highlight).map((part, i) => (part.match ? <mark key={i}>{part.text}</mark> : part.text))}</>
  );
}
