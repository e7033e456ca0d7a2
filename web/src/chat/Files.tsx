// What hangs on a message: pictures with the room they need, everything else as a line to download.

import { sizeOf } from '../core/format.ts';
import { t } from '../core/i18n.ts';
import type { Attachment } from '../core/types.ts';
import { Icon } from '../ui/Icon.tsx';

const WIDE = 372;
const HIGH = 280;

export function Files({ list }: { list: Attachment[] }) {
  return (
    <div class="atts">
      {list.map(file =>
        file.kind === 'image' && !file.processing && file.width && file.height ? (
          <Picture key={file.id} file={file} width={file.width} height={file.height} />
        ) : (
          <File key={file.id} file={file} />
        ),
      )}
    </div>
  );
}

function Picture({ file, width, height }: { file: Attachment; width: number; height: number }) {
  const scale = Math.min(1, WIDE / width, HIGH / height);
  return (
    <a class="shot" href={file.file_url} target="_blank" rel="noopener noreferrer" title={file.filename}>
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
