// A picture over everything. Arrows lead to the others of the channel, a click shows it in its own size, Esc and a click
// beside it close.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { sizeOf } from '../core/format.ts';
import { t } from '../core/i18n.ts';
import '../styles/lightbox.css';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/Icon.tsx';
import { type Light, lightbox } from './state.ts';

export function Lightbox({ file: first, list }: Light) {
  const at = useSignal(list.findIndex(one => one.id === first.id));
  const actual = useSignal(false);
  const close = () => {
    lightbox.value = null;
  };
  const go = (to: number) => {
    if (!list[to]) return;
    at.value = to;
    actual.value = false;
  };
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.key === 'ArrowLeft') go(at.peek() - 1);
      else if (event.key === 'ArrowRight') go(at.peek() + 1);
    };
    document.addEventListener('keydown', key);
    return () => document.removeEventListener('keydown', key);
  }, []);
  const file = list[at.value] ?? first;
  return (
    <Dialog title={file.filename} onClose={close} class="light" bare>
      <header>
        <div>
          <b>{file.filename}</b>
          <small>
            {t('nOfAll', { n: at.value + 1, all: list.length })} · {file.width} × {file.height} ·{' '}
            {sizeOf(file.file_size)}
          </small>
        </div>
        <button
          type="button"
          class="ib"
          disabled={!list[at.value - 1]}
          aria-label={t('previousPicture')}
          title={`${t('previousPicture')} (←)`}
          onClick={() => go(at.value - 1)}
        >
          <Icon name="chevron-left" />
        </button>
        <button
          type="button"
          class="ib next"
          disabled={!list[at.value + 1]}
          aria-label={t('nextPicture')}
          title={`${t('nextPicture')} (→)`}
          onClick={() => go(at.value + 1)}
        >
          <Icon name="chevron-left" />
        </button>
        <a
          class="ib"
          href={file.file_url}
          download={file.filename}
          aria-label={`${t('download')}: ${file.filename}`}
          title={t('download')}
        >
          <Icon name="download" />
        </a>
        <button type="button" class="ib" aria-label={t('close')} title={t('close')} onClick={close}>
          <Icon name="x" />
        </button>
      </header>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: by keyboard it closes with Esc, and its picture scrolls */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: see above */}
      <div
        class={`view ${actual.value ? 'actual' : ''}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        tabIndex={0}
        onClick={event => {
          if (event.target instanceof HTMLImageElement) actual.value = !actual.value;
          else close();
        }}
      >
        <img
          key={file.id}
          src={file.file_url}
          alt={file.filename}
          width={file.width ?? undefined}
          height={file.height ?? undefined}
          style={{ background: file.colour ?? '' }}
        />
      </div>
    </Dialog>
  );
}
