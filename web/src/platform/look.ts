// Theme, density and language: of this browser, kept in it; and what it is used with.
import { effect, signal } from '@preact/signals';
import { type Lang, lang, speakIn } from '../core/i18n.ts';
import { disk, keep } from './storage.ts';

export type Theme = 'system' | 'light' | 'dark';
export type Density = 'normal' | 'compact';

const one = <T extends string>(key: string, values: readonly T[], otherwise: T): T =>
  values.find(value => value === disk.getItem(key)) ?? otherwise;

export const theme = signal<Theme>(one('theme', ['system', 'light', 'dark'], 'system'));
export const density = signal<Density>(one('density', ['normal', 'compact'], 'normal'));

/** There is something to point with that hovers; a telephone's keyboard has no Shift for a new line. */
export const mouse = () => matchMedia('(hover: hover)').matches;

export function setTheme(value: Theme): void {
  theme.value = value;
  keep('theme', value);
}
export function setDensity(value: Density): void {
  density.value = value;
  keep('density', value);
}
export function speak(code: Lang): void {
  keep('lang', code);
  void speakIn(code).catch(() => {});
}

export async function start(): Promise<void> {
  const browser = navigator.language.startsWith('es') ? 'es' : 'en';
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const darkNow = signal(dark.matches);
  dark.addEventListener('change', () => {
    darkNow.value = dark.matches;
  });
  effect(() => {
    const root = document.documentElement;
    root.lang = lang.value;
    root.dataset.theme = theme.value === 'system' ? (darkNow.value ? 'dark' : 'light') : theme.value;
    root.dataset.density = density.value;
  });
  await speakIn(one<Lang>('lang', ['en', 'es'], browser));
}
