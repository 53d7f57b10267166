import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { connect } from '../../src/index.js';
import type { Client, Message } from '../../src/index.js';
import type * as Sdk from '../../src/index.js';
import { bundle, hasChromium, launch, PageServer } from './page.js';
import { RealRouter } from './real-router.js';

/** What a page holds; only functions that run in the page see it. */
declare const window: {
  mailbeam: typeof Sdk;
  client: Client;
  shown: string[];
  states: string[];
  restored: Promise<number>;
};

const describeInChromium = hasChromium() ? describe : describe.skip;

describeInChromium('in a real Chromium, with IndexedDB', () => {
  let pages: PageServer;
  let browser: Browser;
  let router: RealRouter;
  let bob: Client;
  let toBob: string[];

  beforeAll(async () => {
    [pages, browser] = await Promise.all([bundle().then((script) => PageServer.start(script)), launch()]);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    pages.close();
  });

  beforeEach(async () => {
    router = await RealRouter.start({ MAILBEAM_AUTH_ORIGINS: pages.origin });
    toBob = [];
    bob = connect({ url: router.url, token: 'bob', onMessage: (message: Message) => void toBob.push(message.text()) });
  }, 60_000);
  afterEach(async () => {
    await bob.close();
    await router.dispose();
  }, 60_000);

  /** Connects alice in a page, which keeps in `shown` what she is shown. */
  async function connectAlice(page: Page): Promise<void> {
    await page.evaluate(async (url) => {
      const { mailbeam } = window;
      window.shown = [];
      window.states = [];
      window.client = mailbeam.connect({
        url,
        token: 'alice',
        state: mailbeam.indexedDbState('alice'),
        onMessage: (message) => void window.shown.push(message.text()),
      });
      window.restored = new Promise((resolve) => window.client.on('restored', (list) => resolve(list.length)));
      window.client.on('state', (state) => window.states.push(state.name));
      await window.client.ready();
    }, router.url);
  }

  const isShown = (page: Page, texts: readonly string[]): Promise<unknown> =>
    page.waitForFunction((expected) => JSON.stringify(window.shown) === expected, JSON.stringify(texts));

  test('messages go both ways, with their ticks', async () => {
    const page = await pages.open(browser);
    await connectAlice(page);
    const ticks = page.evaluate(async () => {
      const sent = window.client.send('bob', 'hello from a page');
      const delivered = new Promise<string>((resolve) => sent.on('delivered', () => resolve('delivered')));
      return [(await sent).cid, await delivered];
    });
    expect(await ticks).toEqual([1, 'delivered']);
    expect(toBob).toEqual(['hello from a page']);
    await bob.send('alice', 'hello to a page \u{1f600}');
    await isShown(page, ['hello to a page \u{1f600}']);
  }, 60_000);

  test('after the node was killed the page is connected again, and nothing is lost or doubled', async () => {
    const page = await pages.open(browser);
    await connectAlice(page);
    const toAlice = Array.from({ length: 50 }, (_, i) => `to alice ${i}`);
    const fromAlice = Array.from({ length: 50 }, (_, i) => `from alice ${i}`);
    await router.killNode();
    const both = [
      ...toAlice.map((text) => bob.send('alice', text)),
      page.evaluate(async (texts) => {
        await Promise.all(texts.map((text) => window.client.send('bob', text)));
      }, fromAlice),
    ];
    await Promise.all(both);
    await isShown(page, toAlice);
    expect(toBob.filter((text, i) => text !== fromAlice[i])).toEqual([]);
    expect(await page.evaluate(() => window.states)).toContain('waiting');
  }, 60_000);

  test('a page that is loaded again goes on with its state: old numbers resent, new ones never used, nothing shown twice', async () => {
    const page = await pages.open(browser);
    await connectAlice(page);
    await bob.send('alice', 'once');
    await isShown(page, ['once']);
    const before = await page.evaluate(async (dead) => {
      const { cid } = await window.client.send('bob', 'first');
      await window.client.close({ drain: true });
      // A client that reaches nobody, so that what it sends is kept.
      const offline = window.mailbeam.connect({
        url: dead,
        token: 'alice',
        state: window.mailbeam.indexedDbState('alice'),
      });
      void offline.send('bob', 'kept over the reload');
      await new Promise<void>((resolve) => offline.on('state', ({ name }) => name === 'waiting' && resolve()));
      await offline.close();
      return cid;
    }, 'ws://127.0.0.1:9');
    await page.reload();
    await connectAlice(page);
    expect(await page.evaluate(() => window.restored)).toBe(1);
    const after = await page.evaluate(async () => (await window.client.send('bob', 'last')).cid);
    expect(after).toBeGreaterThan(before + 1);
    await bob.send('alice', 'again');
    await isShown(page, ['again']);
    expect(toBob).toEqual(['first', 'kept over the reload', 'last']);
  }, 60_000);

  test('a second page may not use the same state', async () => {
    const page = await pages.open(browser);
    await connectAlice(page);
    const second = await pages.open(browser, page);
    const error = await second.evaluate(async (url) => {
      const { mailbeam } = window;
      const client = mailbeam.connect({ url, token: 'alice', state: mailbeam.indexedDbState('alice') });
      return new Promise((resolve) => {
        client.on('state', (state) => {
          if (state.name === 'closed') resolve((state.error as { code?: string } | undefined)?.code);
        });
      });
    }, router.url);
    expect(error).toBe('state_in_use');
  }, 60_000);

  test('IndexedDB keeps the contract of StateStore', async () => {
    const page = await pages.open(browser);
    const values = await page.evaluate(async () => {
      const { indexedDbState } = window.mailbeam;
      const first = indexedDbState('contract');
      const empty = (await first.open()).size;
      await first.write(
        new Map([
          ['a', new Uint8Array([1])],
          ['b', new Uint8Array()],
          ['c', new Uint8Array(300_000)],
        ]),
      );
      await first.write(
        new Map([
          ['a', undefined],
          ['b', new Uint8Array([2])],
          ['none', undefined],
        ]),
      );
      const busy = await first.open().catch((error: { code: string }) => error.code);
      await first.close();
      await first.close();
      const second = indexedDbState('contract');
      const read = await second.open();
      await second.close();
      return [empty, busy, [...read].map(([key, value]) => [key, value.length, value[0]])];
    });
    expect(values).toEqual([
      0,
      'state_in_use',
      [
        ['b', 1, 2],
        ['c', 300_000, 0],
      ],
    ]);
  }, 60_000);
});
