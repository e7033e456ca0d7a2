// The emoji of the organisation: anybody adds one; who made it, and moderators, take it away.
import { t } from '../../core/i18n.ts';
import type { OwnEmoji as Emoji } from '../../core/types.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { OwnSign } from '../OwnSign.tsx';
import { ownEmoji } from '../own.ts';
import { closeDialog, nameOf, session } from '../state.ts';
import { Outcome, textsOf, useAct } from './act.tsx';

/** What a file is called, as a name that the server takes. */
const nameFrom = (file: string) =>
  file
    .replace(/\.[a-z0-9]+$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9_+-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);

export function OwnEmoji() {
  const act = useAct();
  const add = (event: SubmitEvent) => {
    const name = textsOf(event)('name').replace(/^:|:$/g, '');
    const form = event.currentTarget as HTMLFormElement;
    const picture = new FormData(form).get('picture');
    if (picture instanceof File)
      void act.run(async () => {
        await session.api.call<Emoji>('PUT', `/emoji/${encodeURIComponent(name)}`, { bytes: picture });
        form.reset();
      }, 'emojiAdded');
  };
  const remove = (name: string) =>
    void act.run(() => session.api.call('DELETE', `/emoji/${encodeURIComponent(name)}`), 'removed');
  const mine = (e: Emoji) => e.created_by === session.store.me || session.me.value.role !== 'member';
  const all = [...ownEmoji().values()];
  return (
    <Dialog title={t('emojiManage')} onClose={closeDialog}>
      <form class="form one" onSubmit={add}>
        <label>
          {t('emojiPicture')}
          <input
            type="file"
            name="picture"
            required
            accept="image/png,image/jpeg,image/webp,image/gif"
            onChange={event => {
              const field = event.currentTarget.form?.elements.namedItem('name') as HTMLInputElement | null;
              const file = event.currentTarget.files?.[0];
              if (field && file && !field.value) field.value = nameFrom(file.name);
            }}
          />
        </label>
        <label>
          {t('emojiName')}
          <input name="name" required maxLength={64} pattern=":?[a-z0-9_+\-]+:?" autocomplete="off" />
        </label>
        <button type="submit" class="btn p">
          {t('add')}
        </button>
      </form>
      <p class="by">
        {t('emojiMore')} <Outcome of={act} />
      </p>
      {all.length === 0 && <p class="empty">{t('emojiNone')}</p>}
      <ul class="pick">
        {all.map(e => (
          <li key={e.name}>
            <span class="big">
              <OwnSign name={e.name} />
            </span>
            <span class="nm">
              :{e.name}:<small>{nameOf(e.created_by)}</small>
            </span>
            {mine(e) && (
              <button
                type="button"
                class="ib"
                aria-label={t('emojiRemove', { name: e.name })}
                title={t('emojiRemove', { name: e.name })}
                onClick={() => remove(e.name)}
              >
                <Icon name="trash" size="s" />
              </button>
            )}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
