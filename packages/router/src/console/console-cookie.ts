import type { IncomingHttpHeaders } from 'node:http';

/** Only requests below it carry the cookie: other servers of this machine, whose ports a cookie does not tell apart, have no such path. */
const PATH = '/console/';

/**
 * The cookie's name has the port in it, as the browser sees it: two routers on one host, or behind two tunnels, do not sign
 * each other out.
 */
function nameOf(host: string | undefined): string {
  return `mailbeam_console_${/:(\d+)$/.exec(host ?? '')?.[1] ?? '80'}`;
}

/** What the cookie of a request says; '' where there is none. */
export function readCookie({ cookie = '', host }: IncomingHttpHeaders): string {
  const wanted = `${nameOf(host)}=`;
  const found = cookie.split(';').find((one) => one.trimStart().startsWith(wanted));
  return found?.trim().slice(wanted.length) ?? '';
}

/** A header that sets it. @param forMs 0 removes it */
export function setCookie({ host }: IncomingHttpHeaders, value: string, forMs: number): Record<string, string> {
  const attributes = `Path=${PATH}; Max-Age=${Math.floor(forMs / 1_000)}; HttpOnly; SameSite=Strict`;
  return { 'Set-Cookie': `${nameOf(host)}=${value}; ${attributes}` };
}
