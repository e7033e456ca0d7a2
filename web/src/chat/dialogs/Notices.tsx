// What one is told of everywhere, what interrupts one, and when nothing may.
import { useSignal } from '@preact/signals';
import { soonOf } from '../../core/format.ts';
import { t } from '../../core/i18n.ts';
import { endOf, RESTS } from '../../core/rests.ts';
import type { Level } from '../../core/types.ts';
import { allowed, askLeave, wanted } from '../../platform/notify.ts';
import { choose, preferences } from '../notices.ts';
import { Outcome, Save, textsOf, useAct } from './act.tsx';
import { Choice } from './Choice.tsx';

export function Notices() {
  return (
    <>
      <Browser />
      <Rest />
      <Told />
      <Keywords />
      <QuietHours />
    </>
  );
}

function Browser() {
  const state = allowed.value;
  return (
    <section>
      {state === 'missing' ? (
        <p class="by">{t('noticesMissing')}</p>
      ) : state === 'denied' ? (
        <p class="by">{t('noticesDenied')}</p>
      ) : (
        <label class="also">
          <input
            type="checkbox"
            name="browser"
            checked={wanted.value && state === 'granted'}
            onChange={event => void askLeave(event.currentTarget.checked)}
          />
          {t('noticesOn')}
        </label>
      )}
      <p class="by">{t('noticesBusy')}</p>
    </section>
  );
}

function Rest() {
  const act = useAct();
  const until = preferences.value.dnd_until;
  const rest = (dnd_until: string | null) => void act.run(() => choose({ dnd_until }));
  return (
    <section class="rest">
      <h3>{t('busy')}</h3>
      {until && <p>{t('restUntil', { when: soonOf(until) })}</p>}
      <p class="do">
        {until && (
          <button type="button" class="btn sm p" onClick={() => rest(null)}>
            {t('restEnd')}
          </button>
        )}
        {RESTS.map(one => (
          <button key={one} type="button" class="btn sm" onClick={() => rest(endOf(one, new Date()))}>
            {t(`for.${one}`)}
          </button>
        ))}
        <Outcome of={act} />
      </p>
    </section>
  );
}

const LEVELS: Level[] = ['all', 'mentions', 'nothing'];

function Told() {
  const act = useAct();
  return (
    <section>
      <h3>{t('noticesTold')}</h3>
      <p class="by">{t('noticesToldMore')}</p>
      <Choice
        name="level"
        values={LEVELS}
        value={preferences.value.level}
        onChange={level => void act.run(() => choose({ level }))}
      />
      <Outcome of={act} />
    </section>
  );
}

function Keywords() {
  const act = useAct();
  const submit = (event: SubmitEvent) => {
    const words = textsOf(event)('keywords').split(/[,\n]/);
    const keywords = [...new Set(words.map(word => word.trim()).filter(Boolean))];
    void act.run(() => choose({ keywords }));
  };
  return (
    <section>
      <form class="form" onSubmit={submit}>
        <label>
          {t('keywords')}
          <textarea name="keywords" rows={2} maxLength={3000} defaultValue={preferences.value.keywords.join(', ')} />
        </label>
        <p class="by">{t('keywordsMore')}</p>
        <Save of={act} />
      </form>
    </section>
  );
}

const here = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

function QuietHours() {
  const act = useAct();
  const { quiet_hours: hours } = preferences.value;
  const on = useSignal(hours !== null);
  const zone = hours?.time_zone ?? here();
  const submit = (event: SubmitEvent) => {
    const text = textsOf(event);
    const quiet_hours = on.peek() ? { from: text('from'), to: text('to'), time_zone: text('time_zone') } : null;
    void act.run(() => choose({ quiet_hours }));
  };
  return (
    <section>
      <form class="form three" onSubmit={submit}>
        <label class="also">
          <input
            type="checkbox"
            name="quiet"
            checked={on.value}
            onChange={event => (on.value = event.currentTarget.checked)}
          />
          <span>
            {t('quietHours')}
            <small>{t('quietHoursMore')}</small>
          </span>
        </label>
        {on.value && (
          <>
            <label>
              {t('quietFrom')}
              <input type="time" name="from" required defaultValue={hours?.from ?? '22:00'} />
            </label>
            <label>
              {t('quietTo')}
              <input type="time" name="to" required defaultValue={hours?.to ?? '08:00'} />
            </label>
            <label>
              {t('timeZone')}
              <select name="time_zone">
                {[...new Set([zone, here(), ...Intl.supportedValuesOf('timeZone')])].map(name => (
                  <option key={name} value={name} selected={name === zone}>
                    {name.replaceAll('_', ' ')}
                  </option>
                ))}
              </select>
            </label>
          </>
        )}
        <Save of={act} />
      </form>
    </section>
  );
}
