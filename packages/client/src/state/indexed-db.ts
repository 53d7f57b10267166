import { StateError } from '../errors.js';
import type { StateStore } from './state-store.js';

const table = 'state';
/** How long to wait for another page to let go: a page that is being reloaded still holds its state for a moment. */
const lockWaitMs = 2000;

/**
 * State in the browser's IndexedDB, one database for each `name`: survives reloads and restarts. Only one page uses it
 * at a time where the browser has Web Locks; another gets `state_in_use`.
 */
export function indexedDbState(name: string): StateStore {
  return new IndexedDbState(`mailbeam:${name}`);
}

class IndexedDbState implements StateStore {
  private readonly name: string;
  private database: IDBDatabase | undefined;
  private unlock: (() => void) | undefined;

  constructor(name: string) {
    this.name = name;
  }

  async open(): Promise<Map<string, Uint8Array>> {
    if (this.database !== undefined) throw new StateError('state_in_use', `${this.name} is used by another client`);
    this.unlock = await lock(this.name);
    try {
      this.database = await openDatabase(this.name);
      return await readAll(this.database);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  write(changes: ReadonlyMap<string, Uint8Array | undefined>): Promise<void> {
    const { database } = this;
    if (database === undefined) return Promise.reject(new StateError('state_damaged', `${this.name} is not open`));
    return new Promise((resolve, reject) => {
      // 'strict': complete means on the disk, as far as the browser can tell.
      const transaction = database.transaction(table, 'readwrite', { durability: 'strict' });
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(failure(this.name, transaction.error));
      const store = transaction.objectStore(table);
      for (const [key, value] of changes) {
        if (value === undefined) store.delete(key);
        else store.put(value, key);
      }
    });
  }

  async close(): Promise<void> {
    this.database?.close();
    this.database = undefined;
    this.unlock?.();
    this.unlock = undefined;
  }
}

function openDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => void request.result.createObjectStore(table);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(failure(name, request.error));
  });
}

function readAll(database: IDBDatabase): Promise<Map<string, Uint8Array>> {
  return new Promise((resolve, reject) => {
    const values = new Map<string, Uint8Array>();
    const request = database.transaction(table).objectStore(table).openCursor();
    request.onerror = () => reject(failure(database.name, request.error));
    request.onsuccess = () => {
      const cursor = request.result;
      if (cursor === null) {
        resolve(values);
        return;
      }
      values.set(cursor.key as string, cursor.value as Uint8Array);
      cursor.continue();
    };
  });
}

function failure(name: string, cause: DOMException | null): Error {
  return new StateError('state_damaged', `IndexedDB ${name}: ${cause?.message ?? 'the transaction was aborted'}`, {
    cause,
  });
}

/** Holds a Web Lock until the answer is called; without Web Locks (old browsers, pages without TLS) holds nothing. */
async function lock(name: string): Promise<() => void> {
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
  if (locks === undefined) return () => undefined;
  return new Promise((resolve, reject) => {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), lockWaitMs);
    const hold = (): Promise<void> => {
      clearTimeout(timer);
      return new Promise((release) => resolve(release));
    };
    locks.request(name, { signal: late.signal }, hold).catch((cause: unknown) => {
      reject(new StateError('state_in_use', `${name} is used by another page`, { cause }));
    });
  });
}
