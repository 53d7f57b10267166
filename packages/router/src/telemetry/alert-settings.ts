import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '@mailbeam/code';
import { parseRules, parseSilences } from '@mailbeam/telemetry';
import type { AlertRule, Silence } from '@mailbeam/telemetry';
import type { Logger } from '../log/log.js';

/** What operators set while nodes ran. */
export interface AlertSettings {
  /** null: the rules of the configuration are in force. */
  readonly rules: readonly AlertRule[] | null;
  readonly silences: readonly Silence[];
}

const nothing: AlertSettings = Object.freeze({ rules: null, silences: [] });

/** `DATA/alerts.json`: what the next node begins with. What cannot be read of it is logged, set aside, and left out: a node starts anyhow. */
export class AlertSettingsFile {
  readonly #path: string;
  readonly #log: Pick<Logger, 'error'>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(data: string, log: Pick<Logger, 'error'>) {
    this.#path = join(data, 'alerts.json');
    this.#log = log;
  }

  read(): AlertSettings {
    try {
      const { format, rules, silences, ...others } = JSON.parse(
        readFileSync(this.#path, 'utf8'),
      ) as Partial<FileContent>;
      const [other] = Object.keys(others);
      if (format !== 1) throw new Error(`it has format ${String(format)}; this is format 1`);
      if (other !== undefined) throw new Error(`${other} is not known`);
      const known = parseSilences(silences);
      if (known === undefined) throw new Error('its silences are none');
      return { rules: rules === null ? null : parseRules(rules), silences: known };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return nothing;
      this.#setAside(error);
      return nothing;
    }
  }

  /** Writes it whole or not at all, one after the other. Resolves when it is on disk, with false when that failed, which is logged. */
  write({ rules, silences }: AlertSettings): Promise<boolean> {
    const content: FileContent = { format: 1, rules, silences };
    const written = this.#last.then(() => writeDurably(this.#path, `${JSON.stringify(content)}\n`));
    const outcome = written.then(
      () => true,
      (error: unknown) => {
        const text = 'alert rules and silences are in force, but could not be written: they end with this node';
        this.#log.error({ err: error, file: this.#path }, text);
        return false;
      },
    );
    this.#last = outcome;
    return outcome;
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    await this.#last;
  }

  /** For a person to look at; the next change would overwrite it. */
  #setAside(error: unknown): void {
    const aside = `${this.#path}.damaged`;
    let kept = `it is kept as ${aside}`;
    try {
      renameSync(this.#path, aside);
    } catch (problem) {
      kept = `it stays where it is: ${(problem as Error).message}`;
    }
    const reason = error instanceof Error ? error.message : String(error);
    const text = `alert rules and silences that were set before cannot be read (${reason}): the rules of the configuration are in force, nothing is silenced; ${kept}`;
    this.#log.error({ file: this.#path }, text);
  }
}

interface FileContent extends AlertSettings {
  readonly format: 1;
}
