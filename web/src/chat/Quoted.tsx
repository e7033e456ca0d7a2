// What the message that is being written answers.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../core/i18n.ts';
import type { Message } from '../core/types.ts';
import { unmarked } from '../core/unmarked.ts';
import { Icon } from '../ui/Icon.tsx';
import { nameOf, session } from './state.ts';
import '../styles/writing.css';

interface Place {
  channel: number;
  id: number;
}

/** The message, fetched where it is not there. */
function useMessage({ channel, id }: Place): Message | null {
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
  return here?.value ?? fetched.value;
}

const Words = ({ of: m }: { of: Message }) => (
  <>
    <b>{nameOf(m.user_id, m.username)}</b> {m.is_deleted ? t('gone') : unmarked(m.content)}
  </>
);

/** As the message will show it that is not stored yet. */
export function PendingQuote(place: Place) {
  const m = useMessage(place);
  return <blockquote class="quote qt">{m ? <Words of={m} /> : '…'}</blockquote>;
}

export function Quoted({ drop, ...place }: Place & { drop: () => void }) {
  const m = useMessage(place);
  return (
    <div class="quoting">
      <Icon name="quote" size="s" />
      <p>{m && <Words of={m} />}</p>
      <button type="button" class="ib" aria-label={t('quoteDrop')} title={t('quoteDrop')} onClick={drop}>
        <Icon name="x" size="s" />
      </button>
    </div>
  );
}
