// What a channel is, who is in it and who may do what there; each page for those who may use it.
import { useSignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../core/i18n.ts';
import type { Channel } from '../../core/store.ts';
import type { ChannelAnswer } from '../../core/types.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { closeDialog, closePanel, current, go, session, signed } from '../state.ts';
import { Outcome, Save, Sure, textsOf, useAct } from './act.tsx';
import { ChannelExport } from './ChannelExport.tsx';
import { ChannelMembers } from './ChannelMembers.tsx';
import { ChannelNotices } from './ChannelNotices.tsx';
import { ChannelPermissions } from './ChannelPermissions.tsx';
import { mayOwn } from './rights.ts';

const TABS = ['about', 'people', 'permissions', 'notices'] as const;
type Tab = (typeof TABS)[number];

export function ChannelSettings() {
  const at = useSignal<Tab>('about');
  // The one it was opened for, whatever comes to be open behind it.
  const [c] = useState(() => current.peek());
  const there = c && session.store.channels.value.has(c.id);
  useEffect(() => {
    if (!there) closeDialog();
  }, [there]);
  if (!there) return null;
  return (
    <Dialog title={signed(c)} onClose={closeDialog} class="manage">
      <Tabs
        label={t('channelSettings')}
        tabs={c.member.value ? TABS : TABS.slice(0, -1)}
        at={at.value}
        onGo={tab => (at.value = tab)}
      >
        {at.value === 'people' ? (
          <ChannelMembers channel={c} />
        ) : at.value === 'permissions' ? (
          <ChannelPermissions channel={c} />
        ) : at.value === 'notices' && c.member.value ? (
          <ChannelNotices channel={c} />
        ) : (
          <>
            {c.meta.value.can?.manage ? <About channel={c} /> : <AboutText channel={c} />}
            {c.member.value && c.meta.value.can?.export && <ChannelExport channel={c} />}
            <Ends channel={c} />
          </>
        )}
      </Tabs>
    </Dialog>
  );
}

function AboutText({ channel: c }: { channel: Channel }) {
  const { topic, description } = c.meta.value;
  return (
    <section>
      <h3>{t('topic')}</h3>
      <p>{topic || t('noAbout')}</p>
      <h3>{t('description')}</h3>
      <p class="lines">{description || t('noAbout')}</p>
    </section>
  );
}

const NEVER = 0;
const ARCHIVE_DAYS = [NEVER, 7, 30, 90, 180, 365];

/** Asks for the change and shows what the channel is then. */
const change = (c: Channel, body: object) =>
  session.api.call<ChannelAnswer>('PUT', `/channels/${c.id}`, { body }).then(told => session.store.learn(told));

function About({ channel: c }: { channel: Channel }) {
  const act = useAct();
  const m = c.meta.value;
  const days = m.auto_archive_days ?? NEVER;
  const submit = (event: SubmitEvent) => {
    const text = textsOf(event);
    const after = Number(text('auto_archive_days')) || null;
    const wanted = {
      name: text('name'),
      topic: text('topic'),
      description: text('description'),
      ...(mayOwn(c) ? { type: text('type') } : {}),
      auto_archive_days: after,
    };
    // Only what was changed here, so that what somebody else changes meanwhile stays.
    const before: Record<string, unknown> = { ...m, auto_archive_days: m.auto_archive_days ?? null };
    const body = Object.fromEntries(Object.entries(wanted).filter(([name, value]) => value !== before[name]));
    void act.run(() => change(c, body));
  };
  return (
    <form class="form" onSubmit={submit}>
      <label>
        {t('name')}
        <input name="name" required maxLength={80} defaultValue={m.name} autocomplete="off" />
      </label>
      <label>
        {t('topic')}
        <input name="topic" maxLength={250} defaultValue={m.topic} autocomplete="off" />
      </label>
      <label>
        {t('description')}
        <textarea name="description" rows={4} maxLength={1000} defaultValue={m.description} />
      </label>
      {mayOwn(c) && (
        <fieldset class="kinds">
          <legend>{t('whoSees')}</legend>
          {(['public', 'private'] as const).map(type => (
            <label key={type} class="also">
              <input type="radio" name="type" value={type} defaultChecked={m.type === type} />
              <span>
                {t(type)}
                <small>{t(type === 'public' ? 'publicMore' : 'privateMore')}</small>
              </span>
            </label>
          ))}
        </fieldset>
      )}
      <label>
        {t('autoArchive')}
        <select name="auto_archive_days" defaultValue={String(days)}>
          {[...new Set([...ARCHIVE_DAYS, days])]
            .sort((a, b) => a - b)
            .map(n => (
              <option key={n} value={n} selected={n === days}>
                {n === NEVER ? t('autoArchiveNever') : t('autoArchiveDays', { n })}
              </option>
            ))}
        </select>
      </label>
      <Save of={act} />
    </form>
  );
}

/** Leaving it, putting it away, deleting it. */
function Ends({ channel: c }: { channel: Channel }) {
  const act = useAct();
  const m = c.meta.value;
  const away = () => {
    closeDialog();
    closePanel();
    go('/chat');
  };
  const leave = () => session.api.call('POST', `/channels/${c.id}/leave`).then(away);
  const remove = () => session.api.call('DELETE', `/channels/${c.id}`).then(away);
  const archive = () =>
    act.run(() => change(c, { is_archived: !m.is_archived }), m.is_archived ? 'unarchived' : 'archivedNow');
  if (!c.member.value && !m.can?.manage && !mayOwn(c)) return null;
  return (
    <section class="ends">
      {m.can?.manage && (
        <div>
          <p>{t(m.is_archived ? 'unarchiveMore' : 'archiveMore')}</p>
          <button type="button" class="btn sm" onClick={() => void archive()}>
            {t(m.is_archived ? 'unarchive' : 'archive')}
          </button>
        </div>
      )}
      {c.member.value && (
        <div>
          <p>{t(m.type === 'private' ? 'leavePrivateMore' : 'leaveMore')}</p>
          <Sure label={t('leave')} question={t('leaveSure', { where: signed(c) })} act={act} run={leave} />
        </div>
      )}
      {mayOwn(c) && (
        <div>
          <p>{t('deleteChannelMore')}</p>
          <Sure
            label={t('deleteChannel')}
            question={t('deleteChannelSure', { where: signed(c) })}
            act={act}
            run={remove}
          />
        </div>
      )}
      <Outcome of={act} />
    </section>
  );
}
