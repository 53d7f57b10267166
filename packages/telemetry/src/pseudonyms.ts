import { createHmac } from 'node:crypto';
import type { MailboxClass } from './mailbox-class.js';

const LENGTH = 10;
/** Crockford's base 32: nothing that looks like something else. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
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
    const hash = createHmac('sha256', this.#key).update(name).digest();
    let bits = hash.readUIntBE(0, 6) * 4 + (hash[6]! >> 6);
    let pseudonym = '';
    for (let i = 0; i < LENGTH; i++) {
      pseudonym = ALPHABET[bits % 32]! + pseudonym;
      bits = Math.floor(bits / 32);
    }
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
