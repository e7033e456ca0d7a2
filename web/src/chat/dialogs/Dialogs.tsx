// What opens over everything. Fetched when the first of them is opened.
import '../../styles/dialogs.css';
import '../../styles/writing.css';
import { type Dialog, dialog } from '../state.ts';
import { ChannelNoticesDialog } from './ChannelNotices.tsx';
import { ChannelSettings } from './ChannelSettings.tsx';
import { Browse, Create } from './Channels.tsx';
import { Groups } from './Groups.tsx';
import { History, Readers } from './History.tsx';
import { Keys } from './Keys.tsx';
import { OwnEmoji } from './OwnEmoji.tsx';
import { Invite, People } from './People.tsx';
import { Section } from './Section.tsx';
import { Settings } from './Settings.tsx';
import { Switcher } from './Switcher.tsx';

export function Dialogs() {
  const what = dialog.value;
  if (what && typeof what !== 'string') return <About of={what} />;
  switch (what) {
    case 'switcher':
      return <Switcher />;
    case 'browse':
      return <Browse />;
    case 'create':
      return <Create />;
    case 'channel':
      return <ChannelSettings />;
    case 'people':
      return <People />;
    case 'invite':
      return <Invite />;
    case 'settings':
      return <Settings />;
    case 'groups':
      return <Groups />;
    case 'emoji':
      return <OwnEmoji />;
    case 'keys':
      return <Keys />;
    default:
      return null;
  }
}

function About({ of }: { of: Exclude<Dialog, string> }) {
  switch (of.kind) {
    case 'history':
      return <History message={of.message} />;
    case 'readers':
      return <Readers message={of.message} />;
    case 'notices':
      return <ChannelNoticesDialog channel={of.channel} />;
    default:
      return <Section of={of} />;
  }
}
