/** What the admin port answers, as far as the page shows it. Times in ms since the epoch, ages and waits in s unless named otherwise. */

export type MailboxClass = 'session' | 'away' | 'service' | 'group' | 'system';
export const mailboxClasses: readonly MailboxClass[] = ['session', 'away', 'service', 'group', 'system'];

/** Per second, over 1, 10 and 100 s. */
export type Rates = readonly [number, number, number];
/** `'never'`: it is not draining; null: its user is away. */
export type Drain = number | 'never' | null;

/** `GET /seconds` */
export interface SecondsAnswer {
  readonly run: string;
  readonly last: number;
  readonly at: readonly number[];
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
}

/** `GET /history`: the highest second of each step. */
export interface HistoryAnswer {
  readonly stepSeconds: number;
  /** Ms since the epoch. */
  readonly at: readonly number[];
  readonly columns: Readonly<Record<string, { readonly unit: string; readonly values: readonly (number | null)[] }>>;
}

export interface MailboxRow {
  readonly name: string;
  readonly class: MailboxClass;
  readonly depth: number;
  readonly in: Rates;
  readonly out: Rates;
  readonly growth: number;
  readonly oldestSeconds: number;
  readonly stalledSeconds: number;
  readonly drainSeconds: Drain;
}

/** `GET /mailboxes` */
export interface MailboxesAnswer {
  readonly at: number;
  readonly connections: number;
  readonly pendingMessages: number;
  readonly pendingBytes: number;
  readonly worstAlert: 'ok' | 'warning' | 'critical';
  readonly alerts: number;
  readonly mailboxes: readonly MailboxRow[];
}

export const mailboxOrders = ['depth', 'growth', 'age', 'rate', 'drain'] as const;
export type MailboxOrder = (typeof mailboxOrders)[number];

export interface Alert {
  readonly id: string;
  readonly rule: string;
  readonly severity: 'warning' | 'critical';
  readonly summary: string;
  readonly name: string;
  readonly class: MailboxClass | null;
  readonly mailboxes: number;
  readonly examples: readonly string[];
  readonly since: number;
  readonly figures: {
    readonly depth: number;
    readonly in: Rates;
    readonly out: Rates;
    readonly growth: number;
    readonly oldestSeconds: number;
    readonly stalledSeconds: number;
    readonly drainSeconds: Drain;
  } | null;
  readonly restarts: number | null;
  readonly behaviour: string | null;
  readonly version: string | null;
  readonly lastLoad: { readonly module: string; readonly version: string; readonly at: number } | null;
  readonly doing: string | null;
  readonly topSenders: readonly { readonly name: string; readonly share: number }[];
  readonly look: string;
}

export interface Silence {
  readonly id: string;
  readonly rule?: string;
  readonly mailbox?: string;
  readonly class?: MailboxClass;
  readonly until: number;
  readonly by?: string;
  readonly comment?: string;
}

/** `GET /alerts` */
export interface AlertsAnswer {
  readonly worst: 'ok' | 'warning' | 'critical';
  readonly alerts: readonly Alert[];
  readonly silences: readonly Silence[];
}

/** Fires from `above` on, and is over below `clear`. */
export type Level = Readonly<Record<string, { readonly above: number; readonly clear: number }>>;

/** `GET /alerts/rules` has several. */
export interface AlertRule {
  readonly name: string;
  readonly summary: string;
  readonly classes: readonly MailboxClass[];
  readonly mailboxes: string;
  readonly warning?: Level;
  readonly critical?: Level;
  readonly forSeconds: number;
}

export interface VersionInfo {
  readonly version: string;
  readonly status: 'live' | 'canary' | 'previous' | 'old' | 'quarantined';
  readonly builtIn: boolean;
  readonly instances: number;
  readonly loadedAt: number;
  readonly by: string;
  readonly freedAt?: number;
  readonly reason?: string;
  readonly fault?: string;
  readonly handled: number;
  readonly crashes: number;
  readonly rejects: number;
}

export interface ModuleInfo {
  readonly kind: string;
  readonly name: string;
  readonly live?: string;
  readonly file: string;
  readonly drift: string;
  readonly operation?: string;
  readonly versions: readonly VersionInfo[];
}

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly locations?: readonly {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly lineText: string;
    readonly text: string;
  }[];
}

/** `GET /code/operations` has several. */
export interface Operation {
  readonly id: string;
  readonly what: 'load' | 'rollback' | 'resume';
  readonly phase: string;
  readonly ended: boolean;
  readonly file: string;
  readonly name?: string;
  readonly version?: string;
  readonly from?: string;
  readonly canary: number;
  readonly gateMs: number;
  readonly dryRun: boolean;
  readonly by: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly moved: number;
  readonly old: number;
  readonly failed: number;
  readonly reason: string;
  readonly problem?: Problem;
  readonly dryRunReport?: {
    readonly instances: number;
    readonly tried: number;
    readonly wouldMove: number;
    readonly wouldThrow: number;
    readonly errors: readonly string[];
    readonly shapes: readonly { readonly before: string; readonly after: string; readonly count: number }[];
  };
}

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

/** `GET /status` */
export interface StatusAnswer {
  readonly version: string;
  readonly uptimeMs: number;
  readonly draining: boolean;
}
