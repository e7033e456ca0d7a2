// What a message said before, and who has read it.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Problem } from '../../core/api.ts';
import { fullOf } from '../../core/format.ts';
import { t } from '../../core/i18n.ts';
import type { Message } from '../../core/types.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Markdown } from '../../ui/Markdown.tsx';
import { closeDialog, nameOf, reasonOf, session } from '../state.ts';

interface Version {
  version: number;
  content: string;
  created_at: string;
}

export function History({ message }: { message: Message }) {
  const list = useSignal<Version[]>([]);
  const wrong = useSignal('');
  useEffect(() => {
    session.api.call<{ items: Version[] }>('GET', `/messages/${message.id}/history`).then(
      ({ items }) => {
        list.value = items.reverse();
      },
      why => {
        wrong.value = reasonOf(why);
      },
    );
  }, [message, list, wrong]);
  return (
    <Dialog title={t('history')} onClose={closeDialog}>
      {wrong.value && <p class="by">{wrong.value}</p>}
      <ol class="versions">
        {list.value.map((one, i) => (
          <li key={one.version}>
            <p class="by">
              <time dateTime={one.created_at}>{fullOf(one.created_at)}</time>
              {i === 0 && <span class="tag">{t('historyNow')}</span>}
            </p>
            <Markdown text={one.content} />
          </li>
        ))}
      </ol>
    </Dialog>
  );
}

interface Reader {
  user_id: number;
  username: string;
}

export function Readers({ message }: { message: Message }) {
  const list = useSignal<Reader[] | null>(null);
  const count = useSignal(0);
  const shared = useSignal(true);
  const wrong = useSignal('');
  useEffect(() => {
    if (!shared.value) return;
    session.api
      .call<{ items: Reader[]; count: number }>('GET', `/messages/${message.id}/readers`, { query: { limit: 200 } })
      .then(
        told => {
          list.value = told.items;
          count.value = told.count;
        },
        (why: unknown) => {
          if (why instanceof Problem && why.code === 'receipts.not_shared') shared.value = false;
          else wrong.value = reasonOf(why);
        },
      );
  }, [message, shared.value, list, count, shared, wrong]);
  const share = (on: boolean) => {
    session.api.call('PUT', '/preferences', { body: { share_read_receipts: on } }).then(
      () => {
        list.value = null;
        shared.value = on;
      },
      why => {
        wrong.value = reasonOf(why);
      },
    );
  };
  return (
    <Dialog title={t('readers')} onClose={closeDialog} class="small">
      {shared.value && list.value && (
        <>
          <p class="by">{count.value ? t('readersN', { n: count.value }) : t('readersNone')}</p>
          <ul class="pick">
            {list.value.map(one => (
              <li key={one.user_id}>
                <Avatar id={one.user_id} name={nameOf(one.user_id, one.username)} size="sm" />
                <span class="nm">{nameOf(one.user_id, one.username)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {wrong.value && <p class="by">{wrong.value}</p>}
      {!shared.value && <p class="by">{t('readersOff')}</p>}
      <label class="also">
        <input type="checkbox" checked={shared.value} onChange={event => share(event.currentTarget.checked)} />
        {t('readersShare')}
      </label>
    </Dialog>
  );
}
