// What the panel can show beside threads: fetched when one of them is opened first.
import { Info } from './Info.tsx';
import { Lists } from './Lists.tsx';
import { Search } from './Search.tsx';
import { current, panel } from './state.ts';

export function Side() {
  const what = panel.value;
  const c = current.value;
  if (what?.kind === 'info' && c) return <Info key={c.id} channel={c} />;
  if (what?.kind === 'search') return <Search />;
  return what?.kind === 'list' ? <Lists key={what.what} what={what.what} /> : null;
}
