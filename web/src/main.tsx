import { render } from 'preact';
import { Door } from './auth/Door.tsx';
import { Api } from './core/api.ts';
import { type Lang, lang } from './core/i18n.ts';
import { routeOf } from './core/route.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/login.css';

const KEPT = 'lang';
const api = new Api({ fetch: (...ask) => fetch(...ask), uuid: () => crypto.randomUUID() });

function speak(code: Lang): void {
  lang.value = code;
  document.documentElement.lang = code;
  localStorage.setItem(KEPT, code);
}

const kept = localStorage.getItem(KEPT);
speak(kept === 'es' || (!kept && navigator.language.startsWith('es')) ? 'es' : 'en');
document.documentElement.dataset.theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';

const route = routeOf(location.pathname, new URLSearchParams(location.search));
const root = document.getElementById('app');
if (root)
  render(
    <Door
      api={api}
      register={route.page === 'register'}
      invitation={route.page === 'register' ? route.invitation : undefined}
      onLang={speak}
      onEnter={answer => {
        api.signedIn(answer.access_token);
        location.assign('/chat');
      }}
    />,
    root,
  );
