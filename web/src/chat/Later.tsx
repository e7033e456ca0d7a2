// When a message is to be sent.
import { useSignal } from '@preact/signals';
import { soonOf } from '../core/format.ts';
import { type Key, t } from '../core/i18n.ts';
import { Icon } from '../ui/Icon.tsx';
import { Popover } from '../ui/Popover.tsx';
import { failed, panel, toast } from './state.ts';
import '../styles/writing.css';

const MORNING = 9;

function at(days: number, hour: number): Date {
  const day = new Date();
  day.setDate(day.getDate() + days);
  day.setHours(hour, 0, 0, 0);
  return day;
}
/** What most people mean. */
const TIMES: [Key, () => Date][] = [
  ['laterHour', () => new Date(Date.now() + 3_600_000)],
  ['laterTomorrow', () => at(1, MORNING)],
  ['laterMonday', () => at((8 - new Date().getDay()) % 7 || 7, MORNING)],
];

/** As <input type="datetime-local"> has it: in the time of the place. */
export function localOf(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

interface Props {
  at: Element;
  /** Resolves when it is arranged. */
  onPick: (sendAt: string) => Promise<void>;
  onClose: () => void;
}

export function Later({ at: place, onPick, onClose }: Props) {
  const busy = useSignal(false);
  const pick = (date: Date) => {
    if (busy.value || Number.isNaN(date.getTime())) return;
    busy.value = true;
    const iso = date.toISOString();
    onPick(iso)
      .then(() => {
        onClose();
        toast(t('laterDone', { when: soonOf(iso) }), {
          label: 'show',
          run: () => {
            panel.value = { kind: 'list', what: 'drafts' };
          },
        });
      }, failed)
      .finally(() => {
        busy.value = false;
      });
  };
  return (
    <Popover at={place} label={t('sendLater')} onClose={onClose} class="menu later">
      <h3>{t('sendLater')}</h3>
      {TIMES.map(([name, when]) => (
        <button key={name} type="button" onClick={() => pick(when())}>
          <Icon name="clock-3" size="s" />
          {t(name)}
          <small>{soonOf(when().toISOString())}</small>
        </button>
      ))}
      <div class="when">
        <input
          type="datetime-local"
          id="sendAt"
          aria-label={t('laterWhen')}
          required
          min={localOf(new Date())}
          defaultValue={localOf(at(1, MORNING))}
        />
        <button
          type="button"
          class="btn sm p"
          onClick={event => {
            const field = event.currentTarget.parentElement?.querySelector('input');
            if (field?.reportValidity()) pick(new Date(field.value));
          }}
        >
          {t('schedule')}
        </button>
      </div>
    </Popover>
  );
}
