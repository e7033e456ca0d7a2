// What opens over everything. Fetched when the first of them is opened.
import '../../styles/dialogs.css';
import { dialog } from '../state.ts';
import { ChannelSettings } from './ChannelSettings.tsx';
import { Browse, Create } from './Channels.tsx';
import { Keys } from './Keys.tsx';
import { Invite, People } from './People.tsx';
import { Settings } from './Settings.tsx';
import { Switcher } from './Switcher.tsx';

export function Dialogs() {
  switch (dialog.value) {
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
    case 'keys':
      return <Keys />;
    default:
      return null;
  }
}
