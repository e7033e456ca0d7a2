// What the panel can show: fetched when it is opened first.
import { Info } from './Info.tsx';
import { Lists } from './Lists.tsx';
import { Search } from './Search.tsx';
import { current, panel, session } from './state.ts';
import { ThreadPanel } from './ThreadPanel.tsx';

export function Side() {
  const what = panel.value;
  const c = current.value;
  const thread = session.store.thread.value;
  if (what?.kind === 'thread') return thread && <ThreadPanel thread={thread} />;
  if (what?.kind === 'info' && c) return <Info key={c.id} channel={c} />;
  if (what?.kind === 'search') return <Search />;
  return what?.kind === 'list' ? <Lists key={what.what} what={what.what} /> : null;
}
