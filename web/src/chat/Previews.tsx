// What the pages are that a message links to. Whoever may delete the message takes them off it.
import { t } from '../core/i18n.ts';
import type { Message, Preview } from '../core/types.ts';
import { Icon } from '../ui/Icon.tsx';
import { mayChange } from './actions.ts';
import { failed, session } from './state.ts';
import '../styles/writing.css';

const safe = (url: string) => /^https?:/i.test(url);

export function Previews({ message: m, list }: { message: Message; list: Preview[] }) {
  const drop = () => {
    session.api.call('DELETE', `/messages/${m.id}/previews`).catch(failed);
  };
  return (
    <div class="prevs">
      {list.map(p => (
        <a key={p.url} class="prev" {...(safe(p.url) ? { href: p.url } : {})} target="_blank" rel="noopener noreferrer">
          <span>
            {p.site_name && <small>{p.site_name}</small>}
            <b>{p.title || p.url}</b>
            {p.description && <span class="short">{p.description}</span>}
          </span>
          {p.image_url?.startsWith('/previews/') && (
            <img src={p.image_url} alt="" width={88} height={88} loading="lazy" />
          )}
        </a>
      ))}
      {mayChange(m) && (
        <button type="button" class="ib" aria-label={t('previewDrop')} title={t('previewDrop')} onClick={drop}>
          <Icon name="x" size="s" />
        </button>
      )}
    </div>
  );
}
