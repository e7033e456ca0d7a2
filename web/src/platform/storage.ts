// localStorage and sessionStorage, or memory where they are forbidden or full: nothing fails because of it.
import type { Disk } from '../core/outbox.ts';

function memory(): Disk {
  const map = new Map<string, string>();
  return {
    get length() {
      return map.size;
    },
    key: index => [...map.keys()][index] ?? null,
    getItem: key => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: key => void map.delete(key),
  };
}

function usable(kind: 'localStorage' | 'sessionStorage'): Disk {
  try {
    const storage = window[kind];
    storage.setItem('probe', '1');
    storage.removeItem('probe');
    return storage;
  } catch {
    return memory();
  }
}

export const disk = usable('localStorage');
/** For as long as this tab is open. */
export const visit = usable('sessionStorage');

/** False: it is full, and this is forgotten at the next visit. */
export function keep(key: string, value: string): boolean {
  try {
    disk.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

export function erase(prefixes: string[]): void {
  for (let i = disk.length - 1; i >= 0; i--) {
    const key = disk.key(i);
    if (key && prefixes.some(p => key.startsWith(p))) disk.removeItem(key);
  }
}
