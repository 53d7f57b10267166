import type { IncomingHttpHeaders } from 'node:http';
import type { AdminAnswer, AdminRoute } from '../admin/admin-server.js';
import type { ConsoleAccess } from './console-access.js';
import { readCookie, setCookie } from './console-cookie.js';
import type { ConsoleSession } from './console-session.js';
import { pageFiles, PAGE_HEADERS } from './page-files.js';

/** What these routes need of a node. */
export interface ConsoleHost {
  readonly access: ConsoleAccess;
  /** Ms since the epoch. */
  readonly wall: () => number;
  /** A session has begun or was ended: a sentence for the log. */
  readonly onChange: (text: string, fields: object) => void;
}

/** The page of the console, the link to it, and its session. All else the page asks below `/console/api`. */
export function consoleRoutes({ access, wall, onChange }: ConsoleHost): AdminRoute[] {
  const files = pageFiles();
  const sessionIn = (headers: IncomingHttpHeaders): ConsoleSession | undefined =>
    access.session(readCookie(headers), wall());
  return [
    {
      method: 'POST',
      path: '/console/links',
      handle: () => {
        const { ticket, expiresAt } = access.ticket(wall());
        // in the fragment: no log, no preview of a chat and no Referer gets to see it, or spends it
        return { status: 201, body: { path: `/console/#ticket=${ticket}`, expiresAt } };
      },
    },
    {
      method: 'POST',
      path: '/console/session',
      open: true,
      handle: (_params, _query, { ticket }, headers) => {
        const session = typeof ticket === 'string' ? access.open(ticket, wall()) : undefined;
        if (session === undefined) return spent();
        onChange('the console was opened', { endsAt: session.endsAt });
        return {
          status: 201,
          body: { endsAt: session.endsAt },
          headers: setCookie(headers, session.cookie, session.endsAt - wall()),
        };
      },
    },
    {
      method: 'GET',
      path: '/console/session',
      open: true,
      handle: (_params, _query, _body, headers) => {
        const session = sessionIn(headers);
        return { status: 200, body: { endsAt: session?.endsAt ?? null } };
      },
    },
    {
      method: 'DELETE',
      path: '/console/session',
      open: true,
      handle: async (_params, _query, _body, headers) => {
        const session = sessionIn(headers);
        if (session !== undefined) {
          await access.end(session, wall());
          onChange('the console was signed out', {});
        }
        return { status: 200, body: { endsAt: null }, headers: setCookie(headers, '', 0) };
      },
    },
    {
      method: 'GET',
      path: '/console',
      open: true,
      handle: () => ({ status: 308, type: 'text/plain; charset=utf-8', text: '', headers: { Location: '/console/' } }),
    },
    {
      method: 'GET',
      path: '/console/:file',
      open: true,
      handle: async ({ file = '' }) => {
        const found = await files.read(file === '' ? 'index.html' : file);
        if (found === 'not_built')
          return refused(503, 'console_not_built', 'the console is not built: run `make build`');
        if (found === undefined) return refused(404, 'not_found', `there is no /console/${file}`);
        return { status: 200, ...found, headers: PAGE_HEADERS };
      },
    },
  ];
}

function spent(): AdminAnswer {
  return refused(401, 'link_spent', 'a link opens once, within two minutes: `mailbeam console` prints another');
}

function refused(status: number, error: string, detail: string): AdminAnswer {
  return { status, body: { error, detail } };
}
