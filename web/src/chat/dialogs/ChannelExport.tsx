// What was said in a channel, as a file.
import { t } from '../../core/i18n.ts';
import type { Channel } from '../../core/store.ts';
import { session } from '../state.ts';
import { Outcome, useAct } from './act.tsx';

interface Part {
  data: string;
  next_cursor: string | null;
}
const FORMATS = { csv: 'text/csv', json: 'application/x-ndjson' } as const;

async function write(c: Channel, format: keyof typeof FORMATS): Promise<void> {
  const parts: string[] = [];
  let cursor: string | undefined;
  do {
    const part: Part = await session.api.call('GET', `/channels/${c.id}/export`, { query: { format, cursor } });
    parts.push(part.data);
    cursor = part.next_cursor ?? undefined;
  } while (cursor);
  const ending = format === 'csv' ? 'csv' : 'jsonl';
  saveAs(new Blob(parts, { type: FORMATS[format] }), `${c.meta.value.name}.${ending}`);
}

/** Keeps the bytes as a file of this name, where the browser keeps files. */
function saveAs(bytes: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(bytes);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export function ChannelExport({ channel: c }: { channel: Channel }) {
  const act = useAct();
  return (
    <section>
      <h3>{t('export')}</h3>
      <p>{t('exportMore')}</p>
      <p class="do">
        {(['csv', 'json'] as const).map(format => (
          <button
            key={format}
            type="button"
            class="btn sm"
            onClick={() => void act.run(() => write(c, format), 'exported')}
          >
            {format.toUpperCase()}
          </button>
        ))}
        <Outcome of={act} />
      </p>
    </section>
  );
}
