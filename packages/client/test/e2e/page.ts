import { build } from 'esbuild';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

/** Debian's Chromium. */
const executablePath = '/usr/bin/chromium';

/** Whether the tests in a real browser can run; says why where they can not. */
export function hasChromium(): boolean {
  if (existsSync(executablePath)) return true;
  process.stderr.write(`notice: ${executablePath} is missing, so the tests in a real browser are skipped\n`);
  return false;
}

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** The SDK as one script for a page: `mailbeam` holds what it exports. */
export async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, '../../src/index.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'mailbeam',
    platform: 'browser',
    target: 'es2022',
    conditions: ['mono-source'],
  });
  return outputFiles[0]?.text ?? '';
}

/** Serves one page that has the SDK in it; the router must allow its origin. */
export class PageServer {
  private readonly server: Server;
  readonly origin: string;

  private constructor(server: Server) {
    this.server = server;
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  // A real server, since Chromium lets a page whose address it does not know connect to no loopback address.
  static async start(script: string): Promise<PageServer> {
    const html = `<!doctype html><title>test</title><script>${script.replaceAll('</script', '<\\/script')}</script>`;
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new PageServer(server);
  }

  /** Opens the page, in the browser profile of `beside` where that is given. */
  async open(browser: Browser, beside?: Page): Promise<Page> {
    const context = beside?.context() ?? (await browser.newContext());
    const page = await context.newPage();
    await page.goto(this.origin);
    return page;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
