// The menus of the sidebar: of a channel, of a section, of the place itself.
import { t } from '../core/i18n.ts';
import { endOf, RESTS } from '../core/rests.ts';
import type { Channel } from '../core/store.ts';
import type { Sidebar } from '../core/types.ts';
import { mouse } from '../platform/look.ts';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { Popover } from '../ui/Popover.tsx';
import { choose, chooseFor, preferences } from './notices.ts';
import type { At, Dragged } from './SideSection.tsx';
import { dialog, failed, isMuted, session, signed } from './state.ts';
import '../styles/writing.css';

interface Props {
  at: Element;
  onClose: () => void;
}
type Section = Sidebar['sections'][number];

/** Each answer is the whole sidebar. */
function arrange(method: string, path: string, body?: unknown): Promise<void> {
  return session.api.call<Sidebar>(method, path, body ? { body } : {}).then(sidebar => {
    session.store.sidebar.value = sidebar;
  }, failed);
}

const put = (s: Section, c: Channel, on: boolean) =>
  arrange(on ? 'PUT' : 'DELETE', `/sections/${s.id}/channels/${c.id}`);
const star = (c: Channel, on: boolean) => arrange(on ? 'PUT' : 'DELETE', `/channels/${c.id}/favorite`);

/** Places are made anew in the order that is wanted: two may have the same. */
async function moveTo(id: number, place: number): Promise<void> {
  const { sections } = session.store.sidebar.peek();
  const order = sections.filter(s => s.id !== id);
  order.splice(place, 0, ...sections.filter(s => s.id === id));
  for (const [position, s] of order.entries())
    if (s.position !== position) await arrange('PUT', `/sections/${s.id}`, { position });
}

/** A channel comes to where it was dropped, a section into the place of the other. */
export async function drop(what: Dragged, at: At): Promise<void> {
  const { favorites, sections } = session.store.sidebar.peek();
  if ('section' in what) {
    await moveTo(what.section, typeof at === 'object' ? sections.findIndex(s => s.id === at.id) : 0);
    return;
  }
  const c = what.channel;
  if (at === 'starred') return star(c, true);
  const inside = sections.find(s => s.channel_ids.includes(c.id));
  if (favorites.includes(c.id)) await star(c, false);
  if (typeof at === 'object') await put(at, c, true);
  else if (inside) await put(inside, c, false);
}

function Item(p: { icon: IconName; text: string; danger?: boolean; onClose: () => void; run: () => void }) {
  return (
    <button
      type="button"
      class={p.danger ? 'd' : ''}
      onClick={() => {
        p.onClose();
        p.run();
      }}
    >
      <Icon name={p.icon} size="s" />
      {p.text}
    </button>
  );
}

export function ChannelMenu({ at, onClose, channel: c }: Props & { channel: Channel }) {
  const { favorites, sections } = session.store.sidebar.value;
  const starred = favorites.includes(c.id);
  const inside = sections.find(s => s.channel_ids.includes(c.id));
  const read = c.unread.value > 0;
  const muted = isMuted(c);
  return (
    <Popover at={at} label={t('menuOf', { what: signed(c) })} onClose={onClose} class="menu">
      {read && <Item icon="check" text={t('markRead')} onClose={onClose} run={() => session.read(c)} />}
      <Item
        icon={muted ? 'bell' : 'bell-off'}
        text={t(muted ? 'unmute' : 'mute')}
        onClose={onClose}
        run={() => void chooseFor(c.id, { muted: !muted }).catch(failed)}
      />
      <Item
        icon="at-sign"
        text={t('noticesOf')}
        onClose={onClose}
        run={() => (dialog.value = { kind: 'notices', channel: c })}
      />
      <Item icon="star" text={t(starred ? 'unstar' : 'star')} onClose={onClose} run={() => star(c, !starred)} />
      {sections
        .filter(s => s !== inside)
        .map(s => (
          <Item
            key={s.id}
            icon="folder"
            text={t('moveTo', { where: s.name })}
            onClose={onClose}
            run={() => put(s, c, true)}
          />
        ))}
      {inside && (
        <Item
          icon="x"
          text={t('moveOut', { where: inside.name })}
          onClose={onClose}
          run={() => put(inside, c, false)}
        />
      )}
      <Item
        icon="plus"
        text={t('moveNew')}
        onClose={onClose}
        run={() => (dialog.value = { kind: 'section', id: 0, name: '', channel: c.id })}
      />
    </Popover>
  );
}

export function SectionMenu({ at, onClose, section }: Props & { section: Section }) {
  const { sections } = session.store.sidebar.value;
  const place = sections.findIndex(s => s.id === section.id);
  return (
    <Popover at={at} label={t('menuOf', { what: section.name })} onClose={onClose} class="menu">
      <Item
        icon="pencil"
        text={t('sectionRename')}
        onClose={onClose}
        run={() => (dialog.value = { kind: 'section', id: section.id, name: section.name, channel: 0 })}
      />
      {place > 0 && (
        <Item icon="arrow-up" text={t('sectionUp')} onClose={onClose} run={() => void moveTo(section.id, place - 1)} />
      )}
      {place < sections.length - 1 && (
        <Item
          icon="arrow-down"
          text={t('sectionDown')}
          onClose={onClose}
          run={() => void moveTo(section.id, place + 1)}
        />
      )}
      <Item
        icon="trash"
        text={t('sectionDelete')}
        danger
        onClose={onClose}
        run={() => void arrange('DELETE', `/sections/${section.id}`)}
      />
    </Popover>
  );
}

/** Not to be disturbed for a while; and one's settings. */
export function MeMenu({ at, onClose }: Props) {
  const rest = (dnd_until: string | null) => void choose({ dnd_until }).catch(failed);
  return (
    <Popover at={at} label={t('menuOf', { what: session.me.value.username })} onClose={onClose} class="menu">
      {preferences.value.dnd_until && <Item icon="bell" text={t('restEnd')} onClose={onClose} run={() => rest(null)} />}
      {RESTS.map(one => (
        <Item
          key={one}
          icon="bell-off"
          text={t(`rest.${one}`)}
          onClose={onClose}
          run={() => rest(endOf(one, new Date()))}
        />
      ))}
      <Item icon="settings" text={t('settings')} onClose={onClose} run={() => (dialog.value = 'settings')} />
    </Popover>
  );
}

export function PlaceMenu({ at, onClose }: Props) {
  return (
    <Popover at={at} label={t('menu')} onClose={onClose} class="menu">
      <Item icon="hash" text={t('browse')} onClose={onClose} run={() => (dialog.value = 'browse')} />
      <Item
        icon="folder"
        text={t('sectionNew')}
        onClose={onClose}
        run={() => (dialog.value = { kind: 'section', id: 0, name: '', channel: 0 })}
      />
      <Item icon="users" text={t('groups')} onClose={onClose} run={() => (dialog.value = 'groups')} />
      <Item icon="smile" text={t('emojiManage')} onClose={onClose} run={() => (dialog.value = 'emoji')} />
      {mouse() && <Item icon="keyboard" text={t('shortcuts')} onClose={onClose} run={() => (dialog.value = 'keys')} />}
      <Item icon="settings" text={t('settings')} onClose={onClose} run={() => (dialog.value = 'settings')} />
    </Popover>
  );
}
