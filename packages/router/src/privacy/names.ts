import { nameKind } from '@mailbeam/protocol';
import { pseudonymOf } from '@mailbeam/telemetry';

/** How names of users are shown: as they are, or as pseudonyms. Names of services and groups are nobody's and always clear. */
export class Names {
  readonly #key: Buffer;
  readonly #clear: boolean;
  readonly #remembered: (pseudonym: string) => string | undefined;

  /**
   * @param clear `privacy.clearNames`
   * @param remembered whose pseudonym it is, where that is known without a search
   */
  constructor(key: Buffer, clear: boolean, remembered: (pseudonym: string) => string | undefined = () => undefined) {
    this.#key = key;
    this.#clear = clear;
    this.#remembered = remembered;
  }

  show(name: string): string {
    return this.#clear || nameKind(name) !== 1 ? name : this.pseudonym(name);
  }

  /** A keyed hash of a name, 10 characters; the same as long as the data directory has the same key. */
  pseudonym(name: string): string {
    return pseudonymOf(this.#key, name);
  }

  /** Whose pseudonym it is, if it was shown lately as that of a mailbox. */
  nameOf(pseudonym: string): string | undefined {
    return this.#remembered(pseudonym);
  }

  static isPseudonym(text: string): boolean {
    return /^[a-z2-7]{10}$/.test(text);
  }
}
