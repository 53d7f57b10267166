import type { PendingMessage } from '@mailbeam/store';
import type { Core } from '../core.js';
import { messageHeaders } from '../inspect/message-headers.js';
import { findUser } from '../inspect/target.js';
import type { Message } from '../mailbox/request.js';
import { Names } from '../privacy/names.js';
import type { AdminAnswer, AdminRoute } from './admin-server.js';

const MOST_LISTED = 1_000;

/** What these routes need of a node. */
export interface MessagesHost {
  readonly core: Core;
  readonly names: Names;
  /** An operator has purged a mailbox: for the log. */
  readonly onPurge: (user: string, purged: number) => void;
}

/** The messages of one mailbox, and their end. Of the query: `from`, a name or pseudonym, and `olderThanMs` choose. */
export function messageRoutes({ core, names, onPurge }: MessagesHost): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/mailboxes/:user/messages',
      async handle({ user = '' }, query) {
        const matches = matcherOf(query, core, names);
        const limit = Number(query.get('limit') ?? 100);
        if (typeof matches === 'string') return bad(matches);
        if (!Number.isInteger(limit) || limit < 0 || limit > MOST_LISTED)
          return bad(`limit is a whole number from 0 to ${MOST_LISTED}`);
        const name = (await findUser(user, core, names)) ?? user;
        return ok(await messageHeaders(name, core, names, { matches, limit }));
      },
    },
    {
      method: 'POST',
      path: '/mailboxes/:user/purge',
      async handle({ user = '' }, query) {
        const matches = matcherOf(query, core, names);
        if (typeof matches === 'string') return bad(matches);
        const name = (await findUser(user, core, names)) ?? user;
        const purged = await core.purge(name, matches);
        onPurge(names.show(name), purged);
        return ok({ user: names.show(name), purged });
      },
    },
  ];
}

/** Which messages a query is about, or what is wrong with it. */
function matcherOf(
  query: URLSearchParams,
  core: Core,
  names: Names,
): ((m: Message | PendingMessage) => boolean) | string {
  const from = query.get('from');
  const olderThanMs = Number(query.get('olderThanMs') ?? 0);
  if (!(olderThanMs >= 0)) return 'olderThanMs is a number of milliseconds';
  const before = core.clock.wall - olderThanMs;
  if (from === null) return ({ ts }) => ts <= before;
  const known = new Map<string, boolean>();
  const isPseudonym = Names.isPseudonym(from);
  const isFrom = (sender: string): boolean => {
    if (sender === from || !isPseudonym) return sender === from;
    let is = known.get(sender);
    if (is === undefined) known.set(sender, (is = names.pseudonym(sender) === from));
    return is;
  };
  return (m) => m.ts <= before && isFrom(m.from);
}

const ok = (body: unknown): AdminAnswer => ({ status: 200, body });

function bad(detail: string): AdminAnswer {
  return { status: 400, body: { error: 'bad_option', detail } };
}
