import type { ActorView, ServiceView, TraceLine, UserView } from '@mailbeam/router';
import type { MailboxClass, MailboxesView, MailboxRow, TopOrder } from '@mailbeam/router/admin-views';
import type { AdminAccess } from '../admin-access.js';
import { AdminRefusal } from '../admin-refusal.js';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';
import { disconnect } from '../inspect/disconnect-command.js';
import { inspectError, routeOf } from '../inspect/inspect-access.js';
import { inspectLines } from '../inspect/inspect-command.js';
import { TraceText } from '../inspect/trace-text.js';
import type { Output } from '../output.js';

/** Which mailboxes are asked for. */
export interface TopQuery {
  readonly order: TopOrder;
  readonly limit: string;
  readonly class?: MailboxClass | undefined;
}

/** Where the live view gets what it shows, and what it does; each throws what is to be told to the person. */
export interface TopSource {
  mailboxes(query: TopQuery): Promise<MailboxesView>;
  inspect(row: MailboxRow): Promise<readonly string[]>;
  /** Lines as they come, until it is over or `stop` says so. */
  trace(row: MailboxRow, stop: AbortSignal): AsyncIterable<string>;
  /** Ends the connection of a user; a sentence that says what was done. */
  disconnect(row: MailboxRow): Promise<string>;
}

const TRACE_MS = '240000';

/** The admin port of a router, as the live view asks it. Pages are plain text: they are wrapped. */
export function topSource(access: AdminAccess): TopSource {
  return {
    mailboxes: (query) => askMailboxes(access, query),
    async inspect(row) {
      const [target, query] = targetOf(row);
      const view = await access.get(routeOf('/inspect', target, query)).catch((error: unknown) => {
        throw inspectError(error, access);
      });
      return inspectLines(
        view as UserView | ServiceView | ActorView,
        plain(() => undefined),
      );
    },
    async *trace(row, stop) {
      const [target, { kind }] = targetOf(row);
      const lines: string[] = [];
      const text = new TraceText(
        plain((line) => lines.push(line)),
        Infinity,
      );
      try {
        for await (const line of access.lines(routeOf('/trace', target, { kind, forMs: TRACE_MS }), stop)) {
          text.show(line as TraceLine);
          yield* lines.splice(0);
        }
      } catch (error) {
        throw inspectError(error, access);
      }
    },
    async disconnect({ name, class: className }) {
      if (className === 'service' || name.startsWith('#')) return `${name} is no user`;
      const { disconnected } = await disconnect(access, name);
      return disconnected ? `${name}: disconnected` : `${name}: was not connected`;
    },
  };
}

/** @throws CliError USAGE for an order, a class or a limit that is none */
export async function askMailboxes(access: AdminAccess, query: TopQuery): Promise<MailboxesView> {
  const { order, limit } = query;
  const given = new URLSearchParams({ order, limit, ...(query.class !== undefined && { class: query.class }) });
  try {
    return (await access.get(`/mailboxes?${given.toString()}`)) as MailboxesView;
  } catch (error) {
    if (!(error instanceof AdminRefusal) || error.code !== 'bad_option') throw error;
    throw new CliError(ExitCode.USAGE, (error.answer as { readonly detail: string }).detail);
  }
}

/** Whose mailbox it is: a user's, a service's, or that of an actor, `#17 sessions`. */
function targetOf({ name, class: className }: MailboxRow): readonly [target: string, query: { readonly kind: string }] {
  const id = /^#(\d+) /.exec(name)?.[1];
  if (id !== undefined) return [`<${id}>`, { kind: 'actor' }];
  return [name, { kind: className === 'service' ? 'service' : 'user' }];
}

function plain(line: (text: string) => void): Output {
  return { line, note: line, progress: () => undefined, showsProgress: false, style: (_, text) => text };
}
