/** What the admin port answers of actors, users and services, as far as the page shows it. Ages and waits in s unless named otherwise. */

import type { Drain, Rates } from './answers.js';

export interface TreeActor {
  readonly id: number | null;
  readonly name: string | null;
  readonly behaviour: string;
  readonly version: string;
  readonly status: string;
  readonly depth: number;
  readonly restarts: number;
  readonly user?: string;
  readonly service?: string;
}

export interface TreeSupervisor extends TreeActor {
  readonly strategy: string;
  readonly intensity: number;
  readonly periodMs: number;
  readonly restarted: number;
  readonly active: number;
  readonly groups: readonly {
    readonly behaviour: string;
    readonly version: string;
    readonly actors: number;
    readonly depth: number;
    readonly restarts: number;
  }[];
  readonly children: readonly (TreeActor | TreeSupervisor)[];
  readonly folded: number;
}

/** `GET /actors/tree` */
export interface TreeAnswer {
  readonly actors: number;
  readonly outside: number;
  readonly supervisors: readonly TreeSupervisor[];
}

export interface MailboxView {
  readonly messages: number;
  readonly bytes: number;
  readonly inFlight: number;
  readonly inMemory: number;
  readonly stored: number;
  readonly receipts: number;
  readonly oldestAgeMs: number | null;
  /** null: nothing is known, as of somebody who is away and has little mail. */
  readonly pace: {
    readonly in: Rates;
    readonly out: Rates;
    readonly stalledSeconds: number;
    readonly drainSeconds: Drain;
  } | null;
  /** Who sent the oldest, with their parts of them. */
  readonly senders: readonly { readonly name: string; readonly share: number }[];
}

export interface ActorView {
  readonly kind: 'actor';
  readonly id: number;
  readonly name: string | null;
  readonly behaviour: string;
  readonly version: string;
  readonly status: string;
  readonly depth: number;
  readonly received: number;
  readonly handled: number;
  readonly links: number;
  readonly monitors: number;
  readonly parent: string | null;
  readonly state: { readonly shape: string; readonly bytes: number } | null;
  readonly user?: string;
  readonly service?: string;
}

export interface UserView {
  readonly kind: 'user';
  readonly user: string;
  readonly online: boolean;
  readonly connection: {
    readonly forMs: number;
    readonly client: string;
    readonly window: number;
    readonly inFlight: { readonly messages: number; readonly receipts: number; readonly bytes: number };
    readonly unanswered: number;
    readonly framesWaiting: number;
    readonly stalledMs: number;
    readonly bufferedBytes: number;
  } | null;
  readonly mailbox: MailboxView;
  readonly session: ActorView | null;
}

export interface ServiceView {
  readonly kind: 'service';
  readonly service: string;
  readonly state: 'shared' | 'caller';
  readonly versions: readonly { readonly version: string; readonly actors: number }[];
  readonly mailbox: MailboxView;
  readonly callsWaiting: number;
  readonly lanes: number;
  readonly busy: number;
  readonly longestInHandMs: number | null;
  readonly deepest: readonly {
    readonly caller: string | null;
    readonly actor: number | null;
    readonly version: string | null;
    readonly depth: number;
    readonly inHand: { readonly what: string; readonly forMs: number } | null;
  }[];
  readonly actor: ActorView | null;
}

/** `GET /inspect/TARGET` */
export type TargetAnswer = UserView | ServiceView | ActorView;
