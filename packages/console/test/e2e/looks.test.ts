/** How the console looks and can be used: by keyboard, on a phone, in light and dark. Its pictures are in .cache/console, for a person to look at. */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { connect } from '@mailbeam/client';
import type { Client } from '@mailbeam/client';
import type { Browser } from 'playwright-core';
import { lowContrasts } from './contrast.js';
import { hasChromium, launch, Looker } from './looker.js';
import { RealRouter } from './real-router.js';

jest.setTimeout(90_000);

const describeInChromium = hasChromium() ? describe : describe.skip;

const places = ['Overview', 'Mailboxes', 'Alerts', 'Dead letters', 'Code', 'Actors', 'History'] as const;

describeInChromium('the console, with something to show', () => {
  let browser: Browser;
  let router: RealRouter;
  const clients: Client[] = [];

  beforeAll(async () => {
    [browser, router] = await Promise.all([launch(), RealRouter.start()]);
    await router.copySample('echo.ts', 'echo.ts');
    for (const name of ['ann', 'bob']) clients.push(connect({ url: router.url, token: name }));
    const [ann] = clients;
    await Promise.all(Array.from({ length: 150 }, (_, i) => ann!.send(i < 120 ? 'zoe' : 'bob', 'hello')));
    await router.writeHandler('weak.ts', WEAK);
    const looker = await Looker.open(browser, await router.link());
    await looker.goTo('Code');
    await looker.page.getByLabel('File in the handlers directory').fill('echo.ts');
    await looker.button('Load').click();
    await looker.page.getByRole('article', { name: 'load of echo 1.0.0: live' }).waitFor();
    await looker.button(/^weak\.ts$/).click();
    await looker.button('Load').click();
    await looker.page.getByRole('article', { name: 'load of weak 1.0.0: live' }).waitFor();
    await ann!.send('$weak', 'hello');
    await looker.goTo('Dead letters');
    await looker.page.getByRole('row', { name: /^\$weak ann/ }).waitFor();
    await looker.close();
  }, 60_000);
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await browser?.close();
    await router?.dispose();
  });

  describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
    test('is legible everywhere, and every control has a name', async () => {
      const looker = await Looker.open(browser, await router.link(), { colorScheme });
      await looker.sees('live');
      for (const place of places) {
        await looker.goTo(place);
        await looker.page.getByText('Looking …').waitFor({ state: 'detached' });
        await looker.picture(`${fileOf(place)}-${colorScheme}`);
        expect([place, await looker.page.evaluate(lowContrasts)]).toEqual([place, []]);
        expect([place, namelessIn(await looker.page.locator('body').ariaSnapshot())]).toEqual([place, []]);
      }
      expect(looker.wrongs).toEqual([]);
      await looker.close();
    });
  });

  test('fits a phone of 360 pixels, without scrolling to the side', async () => {
    const looker = await Looker.open(browser, await router.link(), {
      viewport: { width: 360, height: 740 },
      hasTouch: true,
      isMobile: true,
    });
    await looker.sees('live');
    for (const place of places) {
      await looker.goTo(place);
      await looker.page.getByText('Looking …').waitFor({ state: 'detached' });
      await looker.picture(`${fileOf(place)}-phone`);
      expect([place, await looker.page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([place, 360]);
      expect([place, await looker.page.evaluate(beyondTheEdge)]).toEqual([place, []]);
    }
    await looker.goTo('Alerts');
    await looker.button('Silence …').first().click();
    await looker.picture('silence-phone');
    expect(looker.wrongs).toEqual([]);
    await looker.close();
  });

  test('is gone through by keyboard, in order, and shows where one is', async () => {
    const looker = await Looker.open(browser, await router.link());
    const { page } = looker;
    await looker.sees('live');
    const seen: string[] = [];
    for (let i = 0; i < 14; i++) {
      await page.keyboard.press('Tab');
      const { name, isShown } = await page.evaluate(focused);
      expect([name, isShown]).toEqual([name, true]);
      seen.push(name);
    }
    expect(seen).toEqual([
      'To the content',
      ...[
        'Overview',
        'Mailboxes',
        expect.stringMatching(/^Alerts/),
        expect.stringMatching(/^Dead letters/),
        'Code',
        'Actors',
      ],
      ...['History', 'Sign out'],
      ...['2 min', '5 min', '10 min'],
      ...[expect.stringMatching(/^session/), expect.stringMatching(/^away/)],
    ]);
    await page.keyboard.press('Enter'); // hides the line of those who are away
    await page.getByRole('button', { name: /^away/, pressed: false }).waitFor();
    await page.getByRole('link', { name: 'Alerts' }).focus();
    await page.keyboard.press('Enter');
    const silence = looker.button('Silence …').first();
    await silence.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect((await page.evaluate(focused)).name).toBe('Silence …');
    await looker.close();
  });

  test('keeps everything where it is while figures change', async () => {
    const looker = await Looker.open(browser, await router.link());
    const { page } = looker;
    await looker.sees('Deepest mailboxes');
    const places = (): Promise<number[]> =>
      page.evaluate(() =>
        [...document.querySelectorAll('time-chart, .tile, h2')].map((one) => one.getBoundingClientRect().top),
      );
    const before = await places();
    const [, bob] = clients;
    // a rate is over as soon as what caused it, and a page that is busy misses it
    let isShown = false;
    const shown = page
      .getByRole('button', { name: /^in [\d.]*[1-9]/ })
      .waitFor()
      .finally(() => (isShown = true));
    while (!isShown) await Promise.all(Array.from({ length: 100 }, () => bob!.send('ann', 'hello')));
    await shown;
    expect(await places()).toEqual(before);
    await looker.close();
  });
});

/** A service that gives up every message. */
const WEAK = `import { defineService } from '@mailbeam/handler';
export default defineService({
  name: 'weak', version: '1.0.0', init: () => undefined,
  handleMessage() { throw new Error('no'); },
});
`;

/** Name of its picture. */
function fileOf(place: string): string {
  return place.toLowerCase().replace(' ', '-');
}

/** Lines of an accessibility tree for controls without a name. */
function namelessIn(snapshot: string): string[] {
  const controls =
    /^\s*- (?:button|link|textbox|searchbox|combobox|checkbox|progressbar|img|dialog|region|article)(?!.* ".)/;
  return snapshot.split('\n').filter((line) => controls.test(line));
}

/** What has the focus, and whether that can be seen. */
function focused(): { name: string; isShown: boolean } {
  const element = document.activeElement as HTMLElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return {
    name: (element.getAttribute('aria-label') ?? element.innerText).replaceAll(/\s+/g, ' ').trim(),
    isShown: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1,
  };
}

/** Texts and controls that reach over the right edge and are cut off there. */
function beyondTheEdge(): string[] {
  return [...document.querySelectorAll<HTMLElement>('button, input, select, a, th, td, dd, dt, h2, h3, p')]
    .filter((element) => !element.closest('.skip, .unseen, pre'))
    .filter((element) => element.getBoundingClientRect().right > 360.5)
    .map((element) => element.outerHTML.slice(0, 100));
}
