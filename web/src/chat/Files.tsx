// What hangs on a message: pictures with the room they need, everything else as a line to download.

import { sizeOf } from '../core/format.ts';
import { t } from '../core/i18n.ts';
import type { Attachment } from '../core/types.ts';
import { Icon } from '../ui/Icon.tsx';
import { current, lightbox } from './state.ts';

const WIDE = 372;
const HIGH = 280;

export function Files({ list }: { list: Attachment[] }) {
  return (
    <div class="atts">
      {list.map(file =>
        isPicture(file) ? <Picture key={file.id} file={file} list={list} /> : <File key={file.id} file={file} />,
      )}
    </div>
  );
}

type Pictured = Attachment & { width: number; height: number };
const isPicture = (file: Attachment): file is Pictured =>
  file.kind === 'image' && !file.processing && !!file.width && !!file.height;

/** All pictures that are loaded of the channel; those of the message where it is not shown there, as in a thread. */
function around(file: Pictured, list: Attachment[]): Attachment[] {
  const timeline = current.peek()?.timeline;
  const all = (timeline?.order.peek() ?? [])
    .flatMap(id => timeline?.entries.get(id)?.message.peek() ?? [])
    .flatMap(m => (m.is_deleted ? [] : (m.attachments ?? [])));
  return (all.some(one => one.id === file.id) ? all : list).filter(isPicture);
}

function Picture({ file, list }: { file: Pictured; list: Attachment[] }) {
  const { width, height } = file;
  const scale = Math.min(1, WIDE / width, HIGH / height);
  return (
    <a
      class="shot"
      href={file.file_url}
      target="_blank"
      rel="noopener noreferrer"
      title={file.filename}
      onClick={event => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        lightbox.value = { file, list: around(file, list) };
      }}
    >
      <img
        src={file.thumbnail_url ?? file.file_url}
        alt={file.filename}
        loading="lazy"
        width={Math.round(width * scale)}
        height={Math.round(height * scale)}
        style={{ background: file.colour ?? '' }}
      />
    </a>
  );
}

function File({ file }: { file: Attachment }) {
  const ending = /\.([a-z0-9]{1,4})$/i.exec(file.filename)?.[1]?.toUpperCase();
  return (
    <div class="file">
      <span class="ic">{ending ?? <Icon name="file-text" />}</span>
      <div>
        <b>{file.filename}</b>
        <small>{file.processing ? t('processing') : sizeOf(file.file_size)}</small>
      </div>
      <a class="ib" href={file.file_url} download={file.filename} aria-label={`${t('download')}: ${file.filename}`}>
        <Icon name="download" />
      </a>
    </div>
  );
}
