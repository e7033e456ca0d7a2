// A section of the sidebar gets its name. With a channel: that goes into it.
import { t } from '../../core/i18n.ts';
import type { Sidebar } from '../../core/types.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { closeDialog, session } from '../state.ts';
import { Outcome, textsOf, useAct } from './act.tsx';

/** id 0: a new one. */
export function Section({ of }: { of: { id: number; name: string; channel: number } }) {
  const act = useAct();
  const submit = (event: SubmitEvent) => {
    const name = textsOf(event)('name');
    const { api, store } = session;
    void act.run(async () => {
      const method = of.id ? 'PUT' : 'POST';
      store.sidebar.value = await api.call<Sidebar>(method, of.id ? `/sections/${of.id}` : '/sections', {
        body: { name },
      });
      const made = store.sidebar.value.sections.at(-1)?.id;
      if (of.channel && made)
        store.sidebar.value = await api.call<Sidebar>('PUT', `/sections/${made}/channels/${of.channel}`);
      closeDialog();
    });
  };
  return (
    <Dialog title={t(of.id ? 'sectionRename' : 'sectionNew')} onClose={closeDialog} class="small">
      <form class="form" onSubmit={submit}>
        <label>
          {t('name')}
          <input name="name" required maxLength={80} autocomplete="off" defaultValue={of.name} />
        </label>
        <p class="by">{t('sectionMine')}</p>
        <p class="end">
          <Outcome of={act} />
          <button type="submit" class="btn p">
            {t('save')}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
