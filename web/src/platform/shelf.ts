// IndexedDB for what is kept of the last visit. It is of one person: whoever else signs in finds nothing, and after
// signing out it is gone. Where it is forbidden or full, nothing is kept.
import type { Shelf } from '../core/keeper.ts';

const NAME = 'palique';
/** Raised when what is kept changes its shape: what is of another version is thrown away. */
const VERSION = 1;
const STORE = 'kept';
const OWNER = 'owner';

function open(): Promise<IDBDatabase> {
  return new Promise((done, fail) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      const db = asked.result;
      if (db.objectStoreNames.contains(STORE)) db.deleteObjectStore(STORE);
      db.createObjectStore(STORE);
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => asked.result.close();
      done(asked.result);
    };
    asked.onerror = () => fail(asked.error);
  });
}

const answer = <T>(asked: IDBRequest<T>) =>
  new Promise<T>((done, fail) => {
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });

export function shelfOf(owner: string): Shelf {
  // At the next turn, so that what fails at once (there is no IndexedDB) fails as a promise does.
  const db = Promise.resolve().then(open);
  return {
    async read() {
      try {
        const store = (await db).transaction(STORE).objectStore(STORE);
        const [keys, values] = await Promise.all([answer(store.getAllKeys()), answer(store.getAll())]);
        const found = new Map(keys.map((key, i) => [String(key), values[i] as unknown]));
        if (found.get(OWNER) === owner) return found;
        (await db).transaction(STORE, 'readwrite').objectStore(STORE).clear();
      } catch {
        // Then there is nothing.
      }
      return new Map();
    },
    write(put, gone) {
      db.then(there => {
        const store = there.transaction(STORE, 'readwrite', { durability: 'relaxed' }).objectStore(STORE);
        store.put(owner, OWNER);
        for (const [key, value] of put) store.put(value, key);
        for (const key of gone) store.delete(key);
      }).catch(() => {});
    },
  };
}

/** Nobody is signed in any more. */
export function clearShelf(): void {
  try {
    indexedDB.deleteDatabase(NAME);
  } catch {
    // There is none.
  }
}
