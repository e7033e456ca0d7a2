// Where one is signed in, and the end of that.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { whenOf } from '../../core/format.ts';
import { t } from '../../core/i18n.ts';
import type { List } from '../../core/types.ts';
import { failed, session } from '../state.ts';
import { Outcome, useAct } from './act.tsx';

interface SignedIn {
  id: number;
  address: string | null;
  device: string | null;
  created_at: string;
  last_used_at: string;
  is_current: boolean;
}

const whereOf = ({ device, address }: SignedIn) => [device, address ?? t('sessionNowhere')].filter(Boolean).join(' · ');

export function Sessions() {
  const list = useSignal<SignedIn[]>([]);
  const act = useAct();
  const load = () =>
    session.api.call<List<SignedIn>>('GET', '/auth/sessions').then(answer => {
      list.value = answer.items;
    });
  useEffect(() => {
    load().catch(failed);
  }, []);
  // It may have ended meanwhile, or another one have begun: what there is then is shown, whatever came of it.
  const end = (path: string) => act.run(() => session.api.call('DELETE', path).finally(load), 'sessionEnded');
  return (
    <section class="sessions">
      <h3>{t('sessions')}</h3>
      <p class="by">{t('sessionsMore')}</p>
      <ul class="pick">
        {list.value.map(one => (
          <li key={one.id}>
            <span class="nm">
              {one.device ?? one.address ?? t('sessionNowhere')}
              <small>
                {one.device && `${one.address ?? t('sessionNowhere')} · `}
                {t('sessionTimes', { begun: whenOf(one.created_at), used: whenOf(one.last_used_at) })}
              </small>
            </span>
            {one.is_current ? (
              <span class="tag">{t('sessionThis')}</span>
            ) : (
              <button
                type="button"
                class="btn sm"
                aria-label={t('sessionEndOne', { where: whereOf(one) })}
                onClick={() => void end(`/auth/sessions/${one.id}`)}
              >
                {t('signOut')}
              </button>
            )}
          </li>
        ))}
      </ul>
      <p class="do">
        {list.value.length > 1 && (
          <button type="button" class="btn sm d" onClick={() => void end('/auth/sessions')}>
            {t('sessionsEnd')}
          </button>
        )}
        <Outcome of={act} />
      </p>
    </section>
  );
}
