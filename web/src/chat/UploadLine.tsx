// A file that is on its way, or waits to go with the message.
import { sizeOf } from '../core/format.ts';
import { problemText, t } from '../core/i18n.ts';
import { Upload } from '../core/uploads.ts';
import { sender } from '../platform/xhr.ts';
import { Icon } from '../ui/Icon.tsx';
import { session } from './state.ts';

export function begin(file: File, redraw: () => void): Upload {
  const parts = {
    send: sender(() => session.api.accessToken),
    info: (id: number) => session.api.call<never>('GET', `/files/${id}/info`),
    refresh: () => session.api.refresh(),
    later: (ms: number, what: () => void) => {
      const timer = setTimeout(what, ms);
      return () => clearTimeout(timer);
    },
  };
  return new Upload(file, parts, redraw);
}

export function UploadLine({ of, drop }: { of: Upload; drop: () => void }) {
  const state = of.state.value;
  const size = sizeOf(of.file.size);
  return (
    <li class={state === 'failed' ? 'bad' : ''}>
      <span class="th">
        <Icon name="file-text" />
      </span>
      <div>
        {of.file.name}
        <br />
        <small>
          {state === 'failed'
            ? problemText(of.reason.value)
            : state === 'waiting'
              ? t('waiting')
              : state === 'done'
                ? size
                : `${sizeOf(of.sent.value)} / ${size}`}
        </small>
      </div>
      {of.another && (
        <button type="button" class="btn sm" onClick={() => of.again()}>
          {t('again')}
        </button>
      )}
      <button type="button" class="ib" aria-label={t('cancelUpload', { name: of.file.name })} onClick={drop}>
        <Icon name="x" size="s" />
      </button>
      {state !== 'done' && state !== 'failed' && (
        <progress max={of.file.size || 1} value={of.sent.value} aria-label={of.file.name} />
      )}
    </li>
  );
}
