/** The console as people use it: a real router, a real Chromium. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { connect } from '@mailbeam/client';
import type { Client } from '@mailbeam/client';
import type { Browser } from 'playwright-core';
import { hasChromium, launch, Looker } from './looker.js';
import { RealRouter } from './real-router.js';

jest.setTimeout(90_000);

const describeInChromium = hasChromium() ? describe : describe.skip;

describeInChromium('the console', () => {
  let browser: Browser;
  let router: RealRouter;
  let looker: Looker;
  const clients: Client[] = [];

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    router = await RealRouter.start();
    looker = await Looker.open(browser, await router.link());
    await looker.sees('live');
  });
  afterEach(async () => {
    await looker.close();
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await router.dispose();
  });

  const somebody = (name: string): Client => {
    const client = connect({ url: router.url, token: name });
    clients.push(client);
    return client;
  };

  async function sendMany(to: string, count: number): Promise<void> {
    const ann = somebody('ann');
    await Promise.all(Array.from({ length: count }, () => ann.send(to, 'hello')));
  }

  test('has a link that opens once, and leaves no ticket in the address', async () => {
    const link = await router.link();
    const first = await Looker.open(browser, link);
    await first.sees('live');
    expect(first.page.url()).toBe(`${router.admin}/console/#/overview`);
    const second = await Looker.open(browser, link);
    await second.sees('This link was opened before, or is older than two minutes.');
    await second.sees('mailbeam console');
    await second.picture('spent-link');
    expect([...first.wrongs, ...second.wrongs]).toEqual([]);
    await Promise.all([first.close(), second.close()]);
  });

  test('without anything to show says so everywhere', async () => {
    await looker.sees('Nothing waits in any mailbox.');
    await looker.sees('Nothing fires.');
    await looker.goTo('Mailboxes');
    await looker.sees('Nothing waits here.');
    await looker.goTo('Alerts');
    await looker.sees(/Nothing fires\. People who are away/);
    await looker.goTo('Dead letters');
    await looker.sees(/No message was given up/);
    await looker.goTo('Code');
    await looker.sees(/There is no handler module in/);
    await looker.sees('Nothing was loaded or rolled back since the node was started.');
    await looker.goTo('Actors');
    await looker.sees('0 children');
    expect(looker.wrongs).toEqual([]);
  });

  test('shows an alert by itself, and silences it and ends the silence by clicks', async () => {
    await looker.sees('Nothing fires.');
    await sendMany('zoe', 120);
    await looker.sees('warning');
    await looker.goTo('Alerts');
    const alert = looker.page.getByRole('article', { name: 'warning: deep, zoe' });
    await alert.getByText('not connected').waitFor();
    expect(await alert.innerText()).toMatch(/waiting\s+120/);
    await alert.getByRole('button', { name: 'Silence …' }).click();
    const dialog = looker.page.getByRole('dialog', { name: 'Silence alerts' });
    expect(await dialog.getByLabel('Mailbox').inputValue()).toBe('zoe');
    await dialog.getByLabel('For').selectOption('8 h');
    await dialog.getByLabel('Why').fill('on holiday');
    await looker.picture('silence');
    await dialog.getByRole('button', { name: 'Silence' }).click();
    await looker.sees(/for (?:7 h 59 min|8 h) more/);
    await looker.sees('by console: on holiday');
    await alert.waitFor({ state: 'detached' });
    await looker.button('End the silence of rule deep, mailbox zoe').click();
    await alert.waitFor();
    await looker.sees('Everything that fires is told.');
    expect(looker.wrongs).toEqual([]);
  });

  test('finds a mailbox, looks at it closer, and ends its connection once that is said twice', async () => {
    const bob = somebody('bob');
    await bob.ready();
    await sendMany('zoe', 120);
    await looker.goTo('Mailboxes');
    await looker.page.getByRole('link', { name: 'zoe' }).click();
    const zoe = looker.page.getByRole('region', { name: 'zoe' });
    await zoe.getByText('not connected').waitFor();
    expect(await zoe.innerText()).toMatch(/waiting\s+120 messages[^]*sent by\s+ann 100 %/);
    await looker.page.getByLabel('Find').fill('bob');
    await looker.button('Look').click();
    const region = looker.page.getByRole('region', { name: 'bob' });
    await region.getByText('session 1.0.0').waitFor();
    const again = new Promise<void>((resolve) => {
      bob.on('state', ({ name }) => name === 'waiting' && resolve());
    });
    await region.getByRole('button', { name: 'Disconnect …' }).click();
    await looker.page
      .getByRole('dialog', { name: 'Disconnect bob?' })
      .getByRole('button', { name: 'Disconnect' })
      .click();
    await looker.sees('bob: disconnected');
    await again;
    await looker.page.getByLabel('Find').fill('nobody-at-all');
    await looker.page.keyboard.press('Enter');
    await looker.sees(/The router knows no user, service or actor of this name/);
    expect(looker.wrongs).toEqual([]);
  });

  test('loads a module, tries another on copies, loads that as well and rolls it back, by clicks', async () => {
    await router.copySample('counter-v1.ts', 'counter.ts');
    await looker.goTo('Code');
    const file = looker.page.getByRole('row', { name: /^counter\.ts/ });
    await file.getByText('not loaded').waitFor();
    await file.getByRole('button', { name: 'counter.ts' }).click();
    await looker.button('Load').click();
    await looker.page.getByRole('article', { name: 'load of counter 1.0.0: live' }).waitFor();
    await somebody('ann').call('counter', 'add', { by: 5 });

    await router.copySample('counter.ts', 'counter.ts');
    await file.getByText('counter 1.0.0 is live').waitFor();
    await file.getByText('changed on disk').waitFor();
    await looker.page.getByLabel('Watched for').selectOption('not watched');
    await looker.button('Dry run').click();
    const dry = looker.page.getByRole('article', { name: 'load of counter 2.0.0: passes its check' });
    await dry.getByText('1 would move, 0 would throw').waitFor();
    await looker.button('Load').click();
    await looker.page.getByRole('article', { name: 'load of counter 2.0.0: live' }).waitFor();
    await looker.picture('loaded');

    await looker.button('Roll back to 1.0.0 …').click();
    await looker.page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
    await looker.page.getByRole('article', { name: 'rollback of counter 1.0.0: rolled back' }).waitFor();
    expect(await somebody('ann2').call('counter', 'total', null)).toBe(5);
    expect(looker.wrongs).toEqual([]);
  });

  test('shows how far a canary is while it is watched, and where a module does not compile', async () => {
    await router.copySample('echo.ts', 'echo.ts');
    await looker.goTo('Code');
    const file = looker.page.getByLabel('File in the handlers directory');
    await file.fill('echo.ts');
    await looker.button('Load').click();
    await looker.page.getByRole('article', { name: 'load of echo 1.0.0: live' }).waitFor();

    await router.writeHandler('echo.ts', 'export default 1 +;\n');
    await looker.button('Load').click();
    const refused = looker.page.getByRole('article', { name: 'load of echo.ts: refused' });
    await refused
      .getByText(/echo\.ts:1:\d+/)
      .first()
      .waitFor();
    expect(await refused.locator('pre').innerText()).toMatch(/^export default 1 \+;\n +\^$/);

    const fresh = `import { defineService } from '@mailbeam/handler';
export default defineService({ name: 'echo', version: '1.1.0', init: () => undefined, handleMessage() {} });
`;
    await router.writeHandler('echo.ts', fresh);
    await looker.page.getByLabel('Watched for').selectOption('1 min');
    await looker.button('Load').click();
    const watched = looker.page.getByRole('article', { name: 'load of echo 1.1.0: watching' });
    await watched.getByRole('progressbar', { name: 'Actors moved' }).waitFor();
    await watched.getByText(/1 of 1 actor moved, 0 failed, watched for 1 min, \d+ s left/).waitFor();
    expect(await looker.button('Load').isDisabled()).toBe(true);
    await looker.picture('watching');
    expect(looker.wrongs).toEqual([]);
  });

  test('lists messages that were given up, sends one again and purges another, never showing what they say', async () => {
    const weak = (version: string, handle: string): string => `import { defineService } from '@mailbeam/handler';
export default defineService({ name: 'weak', version: '${version}', init: () => undefined, handleMessage() { ${handle} } });
`;
    await router.writeHandler('weak.ts', weak('1.0.0', "throw new Error('no')"));
    await looker.goTo('Code');
    const load = async (version: string): Promise<void> => {
      await looker.page.getByLabel('Watched for').selectOption('not watched');
      await looker.button(/^weak\.ts$/).click();
      await looker.button('Load').click();
      await looker.page.getByRole('article', { name: `load of weak ${version}: live` }).waitFor();
    };
    await load('1.0.0');
    const ann = somebody('ann');
    await Promise.all(['a secret', 'another secret'].map((body) => ann.send('$weak', body)));
    await looker.goTo('Dead letters');
    const rows = looker.page.getByRole('row', { name: /^\$weak ann/ });
    await rows.nth(1).waitFor();
    expect(await looker.page.locator('body').innerText()).not.toContain('secret');
    await looker.picture('dead-letters');
    await router.writeHandler('weak.ts', weak('1.1.0', ''));
    await looker.goTo('Code');
    await load('1.1.0');
    await looker.goTo('Dead letters');
    await rows
      .first()
      .getByRole('button', { name: /^Replay/ })
      .click();
    await looker.sees('1 dead letter sent again');
    await rows.nth(1).waitFor({ state: 'detached' });
    await rows.getByRole('button', { name: /^Purge/ }).focus();
    await looker.page.keyboard.press('Enter');
    const dialog = looker.page.getByRole('dialog', { name: 'Purge the message of ann?' });
    await dialog.getByRole('button', { name: 'Cancel' }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
    expect(await looker.page.evaluate(() => document.activeElement?.textContent)).toBe('Purge …');
    await looker.page.keyboard.press('Enter');
    await looker.picture('purge');
    await dialog.getByRole('button', { name: 'Purge' }).click();
    await looker.sees('1 dead letter purged');
    await looker.sees(/No message was given up/);
    await looker.page.waitForFunction(() => document.activeElement?.id === 'main');
    expect(looker.wrongs).toEqual([]);
  });

  test('shows what was recorded, also by the node before this one', async () => {
    await looker.goTo('History');
    const memory = looker.page.getByRole('img', { name: /^Memory, bytes: node [\d.]+ MB/ });
    await memory.waitFor();
    await router.stop();
    await router.startAgain();
    await memory.waitFor();
    await looker.button('15 min').click();
    await looker.sees(/^each second$/);
    await looker.button('6 h').click();
    await looker.sees('the highest of each 60 seconds');
    await looker.picture('history-6h');
    expect(looker.wrongs).toEqual([]);
  });

  test('says that the node is away, and goes on by itself when it is back', async () => {
    await router.stop();
    await looker.sees('The node does not answer.');
    await looker.picture('away');
    await router.startAgain();
    await looker.page.getByText('The node does not answer.').waitFor({ state: 'detached' });
    await looker.sees('live');
    expect(looker.wrongs).toEqual([]);
  });

  test('says that its session has ended, and goes on by itself when another link was opened', async () => {
    await looker.context.clearCookies();
    await looker.sees('The session has ended.');
    await looker.picture('session-ended');
    const other = await looker.context.newPage();
    await other.goto(await router.link());
    await looker.page.getByText('The session has ended.').waitFor({ state: 'detached' });
    await looker.button('Sign out').click();
    await looker.sees('The session has ended.');
    expect(await looker.context.cookies()).toEqual([]);
    expect(looker.wrongs).toEqual([]);
  });
});
