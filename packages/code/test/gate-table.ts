import type { Ended } from './simulated-load.js';

/** What many gates did, as a table in Markdown. */
export class GateTable {
  readonly #lines = [
    '| load | the new version | goes back | after, s: median, 99 %, 99.9 %, last | later than 10 s | for another reason |',
    '| --- | --- | --- | --- | --- | --- |',
  ];

  /** @param reason what is right; undefined: there is none */
  add(load: string, version: string, ends: readonly Ended[], reason?: RegExp): void {
    const back = ends.filter(({ verdict }) => verdict.verdict === 'bad').sort((a, b) => a.atMs - b.atMs);
    const after = [0.5, 0.99, 0.999, 1].map((part) => {
      const end = back[Math.min(back.length - 1, Math.floor(back.length * part))];
      return end === undefined ? '-' : String(end.atMs / 1_000);
    });
    const late = reason && back.filter(({ atMs }) => atMs > 10_000).length;
    const other = reason && back.filter(({ verdict }) => !reason.test(verdict.reason)).length;
    const cells = [load, version, `${back.length} of ${ends.length}`, after.join(', '), late ?? '-', other ?? '-'];
    this.#lines.push(`| ${cells.join(' | ')} |`);
  }

  get text(): string {
    return this.#lines.join('\n');
  }
}
