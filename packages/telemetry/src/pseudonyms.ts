import { createHmac } from 'node:crypto';
import type { MailboxClass } from './mailbox-class.js';

/** 50 bits: letters and digits only, so that a pseudonym is a word in a shell, a label and a URL. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';
const LENGTH = 10;
/** Pseudonyms whose names are remembered, so that a command may take what it was shown. */
const REMEMBERED = 10_000;

/**
 * How names are shown where people read them who need not know who talks to whom: a user's as 10 characters of a keyed
 * hash, the same for as long as the key is.
 */
export class Pseudonyms {
  readonly #key: Buffer;
  readonly #isClear: boolean;
  readonly #names = new Map<string, string>();

  /**
   * @param key at least 16 bytes, kept in the data directory
   * @param clearNames shows names as they are
   */
  constructor(key: Uint8Array, clearNames: boolean) {
    this.#key = Buffer.from(key);
    this.#isClear = clearNames;
  }

  /** The name of a mailbox as it may be shown. Services, groups and actors have no pseudonyms; null: a behaviour. */
  show(name: string, className: MailboxClass | null): string {
    if (this.#isClear || (className !== 'session' && className !== 'away')) return name;
    return this.of(name);
  }

  of(name: string): string {
    const pseudonym = pseudonymOf(this.#key, name);
    this.#names.delete(pseudonym);
    this.#names.set(pseudonym, name);
    if (this.#names.size > REMEMBERED) this.#names.delete(this.#names.keys().next().value!);
    return pseudonym;
  }

  /** Whose pseudonym it is, if it was shown not too long ago. */
  nameOf(pseudonym: string): string | undefined {
    return this.#names.get(pseudonym);
  }
}

/** A keyed hash of a name, 10 characters; the same for as long as the key is. */
export function pseudonymOf(key: Uint8Array, name: string): string {
  const hash = createHmac('sha256', key).update(name).digest();
  let text = '';
  for (let i = 0; i < LENGTH; i++) text += LETTERS[hash[i]! & 31];
  return text;
}
