// One's profile and account, and how this browser shows things.
import { useSignal } from '@preact/signals';
import { type Lang, lang, t } from '../../core/i18n.ts';
import { density, mouse, setDensity, setTheme, speak, theme } from '../../platform/look.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { closeDialog, dialog, failed, session } from '../state.ts';
import { Account } from './Account.tsx';
import { Sure, useAct } from './act.tsx';
import { Choice } from './Choice.tsx';
import { Notices } from './Notices.tsx';
import { Organisation } from './Organisation.tsx';
import { Profile } from './Profile.tsx';

const TABS = ['profile', 'account', 'appearance', 'notices', 'organisation'] as const;
type Tab = (typeof TABS)[number];

export function Settings() {
  const at = useSignal<Tab>('profile');
  const tabs = TABS.filter(tab => tab !== 'organisation' || session.me.value.role !== 'member');
  return (
    <Dialog title={t('settings')} onClose={closeDialog} class="manage">
      <div class="set">
        <Tabs label={t('settings')} tabs={tabs} at={at.value} onGo={tab => (at.value = tab)}>
          {at.value === 'profile' && <Profile />}
          {at.value === 'account' && <Account />}
          {at.value === 'appearance' && <Appearance />}
          {at.value === 'notices' && <Notices />}
          {at.value === 'organisation' && <Organisation />}
        </Tabs>
        <footer class="do">
          {mouse() && (
            <button type="button" class="btn" onClick={() => (dialog.value = 'keys')}>
              {t('shortcuts')}
            </button>
          )}
          <SignOut />
        </footer>
      </div>
    </Dialog>
  );
}

/** What is only in this browser goes with the session: that is asked for. */
function SignOut() {
  const act = useAct();
  const n = useSignal(0);
  const need = async () => {
    n.value = await session.unsent();
    return n.value > 0;
  };
  return (
    <Sure
      label={t('signOut')}
      question={t('signOutUnsent', { n: n.value })}
      act={act}
      need={need}
      run={() => session.signOut()}
    />
  );
}

function Appearance() {
  return (
    <>
      <Choice name="theme" values={['system', 'light', 'dark']} value={theme.value} onChange={setTheme} />
      <Choice name="density" values={['normal', 'compact']} value={density.value} onChange={setDensity} />
      <Choice
        name="language"
        values={['en', 'es']}
        value={lang.value}
        onChange={(code: Lang) => {
          speak(code);
          session.api.call('PUT', `/users/${session.store.me}`, { body: { language: code } }).catch(failed);
        }}
      />
    </>
  );
}
