import { describe, expect, test } from '@jest/globals';
import { isSource, SavedFiles } from '../../src/code/saved-files.js';
import type { After } from '../../src/code/saved-files.js';

/** Timers that run out when the test says so, in the order in which they were set. */
class ManualTimers {
  readonly #pending = new Set<() => void>();

  readonly after: After = (_, fn) => {
    this.#pending.add(fn);
    return () => this.#pending.delete(fn);
  };

  get pending(): number {
    return this.#pending.size;
  }

  runOut(): void {
    for (const fn of [...this.#pending]) {
      this.#pending.delete(fn);
      fn();
    }
  }
}

describe('saved files', () => {
  test('come once they are quiet, however many steps the save had', async () => {
    const timers = new ManualTimers();
    const saved = new SavedFiles(timers.after);
    for (let step = 0; step < 5; step++) saved.saw('/h/echo.ts');
    expect(timers.pending).toBe(1);
    timers.runOut();
    expect(await saved.next()).toBe('/h/echo.ts');
    const next = saved.next();
    saved.close();
    expect(await next).toBeUndefined();
  });

  test('come again when they are saved after they were given, and once when several times before', async () => {
    const timers = new ManualTimers();
    const saved = new SavedFiles(timers.after);
    saved.saw('/h/a.ts');
    saved.saw('/h/b.ts');
    timers.runOut();
    expect(await saved.next()).toBe('/h/a.ts');
    saved.saw('/h/a.ts');
    timers.runOut();
    saved.saw('/h/a.ts');
    timers.runOut();
    expect([await saved.next(), await saved.next()]).toEqual(['/h/b.ts', '/h/a.ts']);
    saved.close();
    expect(await saved.next()).toBeUndefined();
    expect(timers.pending).toBe(0);
  });

  test.each(['echo.ts', 'echo.js', 'words.mjs', 'words.json', 'a.b.ts'])('%s is a source', (name) => {
    expect(isSource(`/h/${name}`)).toBe(true);
  });

  test.each([
    ...['.echo.ts', '.#echo.ts', '#echo.ts#', 'echo.ts~', '.echo.ts.swp', '4913', 'echo.ts.tmp', 'echo.ts___jb_tmp___'],
    ...['echo.test.ts', 'echo.d.ts', 'tsconfig.json', 'README.md', 'echo'],
  ])('%s is none', (name) => {
    expect(isSource(`/h/${name}`)).toBe(false);
  });
});
