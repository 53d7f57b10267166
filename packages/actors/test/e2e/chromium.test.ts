import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import type * as Actors from '../../src/index.js';

/** Debian's Chromium. */
const executablePath = '/usr/bin/chromium';
const isThere = existsSync(executablePath);
if (!isThere) process.stderr.write(`notice: ${executablePath} is missing, so the actors do not run in a browser\n`);

/** What the page holds; only functions that run in the page see it. */
declare const window: { actors: typeof Actors };

(isThere ? describe : describe.skip)('in a real Chromium', () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [join(import.meta.dirname, '../../src/index.ts')],
      bundle: true,
      write: false,
      format: 'iife',
      globalName: 'actors',
      platform: 'browser',
      target: 'es2022',
    });
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    page = await browser.newPage();
    await page.addScriptTag({ content: outputFiles[0]?.text ?? '' });
  }, 60_000);
  afterAll(() => browser.close());

  test('a call, a timer, a crash and the restart by a supervisor', async () => {
    const seen = await page.evaluate(async () => {
      const { createSystem, defineBehaviour, supervisor } = window.actors;
      const crashes: string[] = [];
      const system = createSystem({ onCrash: ({ behaviour, phase }) => void crashes.push(`${behaviour} ${phase}`) });
      const counter = defineBehaviour<number, { n: number }, 'more' | 'late' | 'crash'>({
        name: 'counter',
        version: '1',
        init: (n, self) => {
          self.sendAfter(5, 'late');
          return { n };
        },
        handleMessage(message, state) {
          if (message === 'crash') throw new Error('on purpose');
          state.n += message === 'late' ? 100 : 1;
        },
        handleCall(_request, { n }, self, from) {
          self.reply(from, n);
        },
      });
      const value = (): Promise<number> => system.call<number>('counter', 'value');
      const after = async (n: number): Promise<number> => {
        for (let now = await value(); ; now = await value()) if (now >= n) return now;
      };
      const child = { id: 'counter', name: 'counter', behaviour: counter, arg: 1 };
      system.spawn(supervisor({ strategy: 'one_for_one', children: [child] }), undefined);
      system.send('counter', 'more');
      const first = [await value(), await after(100)];
      system.send('counter', 'crash');
      const gone = await value().catch((error: { code: string }) => error.code);
      return { first, gone, again: await after(101), crashes };
    });
    expect(seen).toEqual({ first: [2, 102], gone: 'exit', again: 101, crashes: ['counter handler'] });
  }, 60_000);

  test('100,000 busy actors leave the page its timers', async () => {
    const ticks = await page.evaluate(async () => {
      const { createSystem, defineBehaviour } = window.actors;
      const system = createSystem();
      let handled = 0;
      let finish = (): void => {};
      const finished = new Promise<void>((resolve) => (finish = resolve));
      const busy = defineBehaviour<undefined, null, 'again'>({
        name: 'busy',
        version: '1',
        init: () => null,
        handleMessage(_message, _state, self) {
          handled += 1;
          if (handled < 2_000_000) self.send(self.pid, 'again');
          else if (handled === 2_000_000) finish();
        },
      });
      let count = 0;
      const ticking = setInterval(() => (count += 1), 0);
      for (let i = 0; i < 100_000; i += 1) system.send(system.spawn(busy, undefined), 'again');
      await finished;
      clearInterval(ticking);
      return count;
    });
    expect(ticks).toBeGreaterThan(5);
  }, 60_000);
});
