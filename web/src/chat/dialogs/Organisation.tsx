// The organisation: what it is called, who joins it by the address alone, and who is invited.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../../core/i18n.ts';
import { failed, session } from '../state.ts';
import { Save, textsOf, useAct } from './act.tsx';
import { Invitations } from './Invitations.tsx';

interface Told {
  name: string;
  domain: string | null;
}

export function Organisation() {
  return (
    <>
      {session.me.value.role === 'admin' && <Names />}
      <Invitations />
    </>
  );
}

function Names() {
  const act = useAct();
  const told = useSignal<Told | null>(null);
  const path = `/organizations/${session.me.value.organization_id}`;
  useEffect(() => {
    session.api.call<Told>('GET', path).then(answer => {
      told.value = answer;
    }, failed);
  }, [path, told]);
  const now = told.value;
  if (!now) return null;
  const submit = (event: SubmitEvent) => {
    const text = textsOf(event);
    const body: Partial<Told> = {};
    if (text('name') !== now.name) body.name = text('name');
    if (text('domain') !== (now.domain ?? '')) body.domain = text('domain') || null;
    void act.run(async () => {
      told.value = await session.api.call<Told>('PUT', path, { body });
      session.place.value = told.value.name;
    });
  };
  return (
    <section>
      <form class="form" onSubmit={submit}>
        <label>
          {t('name')}
          <input name="name" required maxLength={100} defaultValue={now.name} autocomplete="organization" />
        </label>
        <label>
          {t('domain')}
          <input
            name="domain"
            maxLength={253}
            defaultValue={now.domain ?? ''}
            autocomplete="off"
            aria-describedby="dm"
          />
        </label>
        <p class="by" id="dm">
          {t('domainMore')}
        </p>
        <Save of={act} />
      </form>
    </section>
  );
}
