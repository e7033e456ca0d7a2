// What is asked of the server from within a dialog: one thing at a time, and what came of it in words beside it, since
// what is said at the edge of the window cannot be reached while a dialog is open.
import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type Key, t } from '../../core/i18n.ts';
import { reasonOf } from '../state.ts';

export interface Act {
  busy: Signal<boolean>;
  outcome: Signal<{ text: string; bad: boolean }>;
  run: (what: () => Promise<unknown>, done?: Key) => Promise<void>;
}

export function useAct(): Act {
  const busy = useSignal(false);
  const outcome = useSignal({ text: '', bad: false });
  const run: Act['run'] = async (what, done = 'kept') => {
    if (busy.peek()) return;
    busy.value = true;
    outcome.value = { text: '', bad: false };
    try {
      await what();
      outcome.value = { text: t(done), bad: false };
    } catch (wrong) {
      outcome.value = { text: reasonOf(wrong), bad: true };
    } finally {
      busy.value = false;
    }
  };
  return { busy, outcome, run };
}

export function Outcome({ of: { outcome } }: { of: Act }) {
  const { text, bad } = outcome.value;
  return (
    <span class={`outcome ${bad ? 'bad' : ''}`} role="status">
      {text}
    </span>
  );
}

/** The end of a form, with what came of it. */
export const Save = ({ of: act }: { of: Act }) => (
  <p class="do">
    <button type="submit" class="btn p">
      {t('save')}
    </button>
    <Outcome of={act} />
  </p>
);

/** What cannot be taken back is asked for twice; where `need` is given, only when it says so. */
export function Sure(p: {
  label: string;
  question: string;
  act: Act;
  run: () => Promise<unknown>;
  need?: () => Promise<boolean>;
}) {
  const asking = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  const asked = asking.value;
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) button.current?.focus();
    begun.current = true;
  }, [asked]);
  const ask = async () => {
    if (p.need && !(await p.need())) await p.act.run(p.run);
    else asking.value = true;
  };
  if (!asked)
    return (
      <button type="button" class="btn sm d" ref={button} onClick={() => void ask()}>
        {p.label}
      </button>
    );
  return (
    <div class="sure" role="group" aria-label={p.label}>
      <p>{p.question}</p>
      <button type="button" class="btn sm" ref={button} onClick={() => (asking.value = false)}>
        {t('cancel')}
      </button>{' '}
      <button type="button" class="btn sm d" onClick={() => void p.act.run(p.run)}>
        {p.label}
      </button>
    </div>
  );
}

/** The trimmed texts of a form. */
export function textsOf(event: SubmitEvent): (name: string) => string {
  event.preventDefault();
  const form = new FormData(event.currentTarget as HTMLFormElement);
  return name => String(form.get(name) ?? '').trim();
}
