import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';

/** Debian's Chromium. */
const executablePath = '/usr/bin/chromium';

/** Where screenshots go; git does not track it. */
const pictures = join(import.meta.dirname, '../../../../.cache/console');

/** Whether the tests in a real browser can run; says why where they can not. */
export function hasChromium(): boolean {
  if (existsSync(executablePath)) return true;
  process.stderr.write(`notice: ${executablePath} is missing, so the tests of the console are skipped\n`);
  return false;
}

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** Somebody who looks at the console, with a browser profile of their own. What went wrong in the page is kept. */
export class Looker {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors, refusals of the content security policy, and requests to anywhere but the router. */
  readonly wrongs: string[] = [];

  private constructor(context: BrowserContext, page: Page, origin: string) {
    this.context = context;
    this.page = page;
    page.on('pageerror', (error) => this.wrongs.push(error.message));
    page.on('console', (message) => {
      // a browser tells of each answer that is no 2xx, and of each connection that is refused
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        this.wrongs.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(origin)) this.wrongs.push(`asked ${request.url()}`);
    });
    page.setDefaultTimeout(45_000);
  }

  /** @param url a link, or the address of the console */
  static async open(browser: Browser, url: string, look: Parameters<Browser['newContext']>[0] = {}): Promise<Looker> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...look });
    const looker = new Looker(context, await context.newPage(), new URL(url).origin);
    await looker.page.goto(url);
    return looker;
  }

  /** By the bar at the top. */
  async goTo(place: string): Promise<void> {
    await this.page.getByRole('navigation').getByRole('link', { name: place }).click();
    await this.page.getByRole('heading', { level: 1, name: place }).waitFor({ state: 'attached' });
  }

  /** Waits until something with this text is shown. */
  async sees(words: string | RegExp): Promise<void> {
    await this.page.getByText(words).first().waitFor();
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }

  /** The whole page as a picture, for a person to look at. */
  async picture(name: string): Promise<void> {
    await mkdir(pictures, { recursive: true });
    await this.page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}
