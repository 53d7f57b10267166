import type { Pid } from '@mailbeam/actors';
import type { Core } from '../core.js';
import { Message } from '../mailbox/request.js';
import type { Port } from '../port/port.js';
import type { Names } from '../privacy/names.js';
import { actorView } from './actor-view.js';
import type { ActorView } from './actor-view.js';
import { mailboxView } from './mailbox-view.js';
import type { MailboxView } from './mailbox-view.js';

/** The connection of a user. */
export interface ConnectionView {
  /** Ms since the epoch. */
  readonly since: number;
  readonly forMs: number;
  /** What it called itself in HELLO; '' = nothing. */
  readonly client: string;
  /** Most entries that it takes unacked. */
  readonly window: number;
  readonly inFlight: { readonly messages: number; readonly receipts: number; readonly bytes: number };
  /** SENDs and READs of it without an answer. */
  readonly unanswered: number;
  /** Frames of it that its session has not handled. */
  readonly framesWaiting: number;
  /** How long it has not read, ms; 0 = it reads. */
  readonly stalledMs: number;
  /** Bytes that it has not taken from its socket. */
  readonly bufferedBytes: number;
  /** Users whose presence it watches. */
  readonly watched: number;
}

/** One of a user's clients that are in memory: connected, or with something that is not settled. */
export interface ClientView {
  readonly client: string;
  readonly origin: number;
  readonly connected: boolean;
  readonly unanswered: number;
  readonly unsettled: number;
}

/** A user, as `mailbeam inspect` shows it. */
export interface UserView {
  readonly kind: 'user';
  /** The name, or the pseudonym where names are not to be shown. */
  readonly user: string;
  readonly pseudonym: string;
  readonly online: boolean;
  readonly connection: ConnectionView | null;
  readonly clients: readonly ClientView[];
  readonly mailbox: MailboxView;
  /** `null`: not connected, or crashed and not started again yet. */
  readonly session: ActorView | null;
}

export async function userView(name: string, core: Core, names: Names): Promise<UserView> {
  const port = core.portOf(name);
  const session = port?.session ?? null;
  const clients = core.mailbox(name)?.senders ?? [];
  return {
    kind: 'user',
    user: names.show(name),
    pseudonym: names.pseudonym(name),
    online: core.presence.isOnline(name),
    connection: port === undefined ? null : connectionView(port, core),
    clients: clients.map(({ client, origin, port: taker, unanswered, unsettled }) => {
      return { client, origin, connected: taker !== null, unanswered, unsettled };
    }),
    mailbox: mailboxView(name, core, names),
    session: session === null ? null : ((await actorView(session as Pid, port, core.system, names)) ?? null),
  };
}

function connectionView(port: Port, core: Core): ConnectionView {
  const { mono, wall } = core.clock;
  const forMs = Math.round(mono - port.openedAt);
  let messages = 0;
  let receipts = 0;
  for (const entry of port.inFlight ?? [])
    if (entry instanceof Message) messages++;
    else receipts++;
  return {
    since: wall - forMs,
    forMs,
    client: port.sender?.client ?? '',
    window: port.inFlight?.window ?? 0,
    inFlight: { messages, receipts, bytes: port.inFlight?.bytes ?? 0 },
    unanswered: port.sender?.unanswered ?? 0,
    framesWaiting: port.framesWaiting,
    stalledMs: port.stalledAt === 0 ? 0 : Math.round(mono - port.stalledAt),
    bufferedBytes: port.socket.bufferedBytes,
    watched: port.watched?.size ?? 0,
  };
}
