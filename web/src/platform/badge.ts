// The window's title and its icon's badge.
import MARKED from '../assets/favicon-new.svg?url';

const PLAIN = '/favicon.svg';
export function badge(title: string, mentions: number, unread: boolean): void {
  document.title = mentions ? `(${mentions}) ${title}` : title;
  const link = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  const icon = unread ? MARKED : PLAIN;
  if (link && link.getAttribute('href') !== icon) link.setAttribute('href', icon);
  if ('setAppBadge' in navigator)
    void (mentions ? navigator.setAppBadge(mentions) : navigator.clearAppBadge()).catch(() => {});
}
