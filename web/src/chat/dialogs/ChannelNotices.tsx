// What one is told of one channel or conversation, and for how long it is muted.
import { soonOf } from '../../core/format.ts';
import { t } from '../../core/i18n.ts';
import { endOf, RESTS } from '../../core/rests.ts';
import type { Channel } from '../../core/store.ts';
import type { Level } from '../../core/types.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { chooseFor, chosen } from '../notices.ts';
import { closeDialog, isMuted, signed } from '../state.ts';
import { Outcome, useAct } from './act.tsx';
import { Choice } from './Choice.tsx';

export function ChannelNoticesDialog({ channel: c }: { channel: Channel }) {
  return (
    <Dialog title={t('noticesIn', { where: signed(c) })} onClose={closeDialog} class="small">
      <ChannelNotices channel={c} />
    </Dialog>
  );
}

const LEVELS: (Level | 'default')[] = ['default', 'all', 'mentions', 'nothing'];

export function ChannelNotices({ channel: c }: { channel: Channel }) {
  const act = useAct();
  const own = chosen.value.get(c.id);
  const muted = isMuted(c);
  const mute = (until: string | null, on = true) =>
    void act.run(() => chooseFor(c.id, { muted: on, muted_until: until }));
  return (
    <div class="notices">
      <Choice
        name="level"
        values={LEVELS}
        value={own?.level ?? 'default'}
        onChange={level => void act.run(() => chooseFor(c.id, { level: level === 'default' ? null : level }))}
      />
      <h3>{t('mute')}</h3>
      <p>
        {!muted ? t('muteMore') : own?.muted_until ? t('mutedUntil', { when: soonOf(own.muted_until) }) : t('mutedNow')}
      </p>
      <p class="do">
        {muted ? (
          <button type="button" class="btn sm" onClick={() => mute(null, false)}>
            {t('unmute')}
          </button>
        ) : (
          <>
            {RESTS.map(one => (
              <button key={one} type="button" class="btn sm" onClick={() => mute(endOf(one, new Date()))}>
                {t(`for.${one}`)}
              </button>
            ))}
            <button type="button" class="btn sm" onClick={() => mute(null)}>
              {t('for.ever')}
            </button>
          </>
        )}
        <Outcome of={act} />
      </p>
    </div>
  );
}
