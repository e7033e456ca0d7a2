// What the message that is being written answers.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../core/i18n.ts';
import type { Message } from '../core/types.ts';
import { unmarked } from '../core/unmarked.ts';
import { Icon } from '../ui/Icon.tsx';
import { nameOf, session } from './state.ts';
import '../styles/writing.css';

export function Quoted({ channel, id, drop }: { channel: number; id: number; drop: () => void }) {
  const { store } = session;
  const here = (store.channel(channel).timeline.entries.get(id) ?? store.thread.value?.timeline.entries.get(id))
    ?.message;
  const fetched = useSignal<Message | null>(null);
  useEffect(() => {
    if (here) return;
    session.api.call<Message>('GET', `/messages/${id}`).then(
      message => {
        fetched.value = message;
      },
      () => {},
    );
  }, [here, id, fetched]);
  const m = here?.value ?? fetched.value;
  return (
    <div class="quoting">
      <Icon name="quote" size="s" />
      <p>
        {m && (
          <>
            <b>{nameOf(m.user_id, m.username)}</b> {m.is_deleted ? t('gone') : unmarked(m.content)}
          </>
        )}
      </p>
      <button type="button" class="ib" aria-label={t('quoteDrop')} title={t('quoteDrop')} onClick={drop}>
        <Icon name="x" size="s" />
      </button>
    </div>
  );
}
