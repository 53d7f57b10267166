import { createHmac } from 'node:crypto';
import { nameKind } from '@mailbeam/protocol';

/** 50 bits: letters and digits only, so that a pseudonym is a word in a shell, a label and a URL. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';
const LENGTH = 10;

/** How names of users are shown: as they are, or as pseudonyms. Names of services and groups are nobody's and always clear. */
export class Names {
  readonly #key: Buffer;
  readonly #clear: boolean;

  /** @param clear `privacy.clearNames` */
  constructor(key: Buffer, clear: boolean) {
    this.#key = key;
    this.#clear = clear;
  }

  show(name: string): string {
    return this.#clear || nameKind(name) !== 1 ? name : this.pseudonym(name);
  }

  /** A keyed hash of a name, 10 characters; the same as long as the data directory has the same key. */
  pseudonym(name: string): string {
    const hash = createHmac('sha256', this.#key).update(name).digest();
    let text = '';
    for (let i = 0; i < LENGTH; i++) text += LETTERS[hash[i]! & 31];
    return text;
  }

  static isPseudonym(text: string): boolean {
    return /^[a-z2-7]{10}$/.test(text);
  }
}
