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
  /** False while what waited at the start is counted. */
  readonly counted: boolean;
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

/** `GET /status` */
export interface StatusAnswer {
  readonly version: string;
  readonly uptimeMs: number;
  readonly draining: boolean;
  readonly disk: { readonly freeBytes: number | null; readonly reserve: number; readonly isTight: boolean };
  readonly deadLetters: { readonly kept: number };
}

/** A message that was given up: never what it says. */
export interface DeadLetter {
  readonly id: string;
  readonly to: string;
  readonly from: string;
  readonly cid: number;
  readonly failedAt: number;
  readonly bodyBytes: number;
}

/** `GET /deadletters`: the newest last. */
export interface DeadLettersAnswer {
  readonly letters: readonly DeadLetter[];
  readonly kept: number;
  readonly bytes: number;
  readonly dropped: number;
  readonly limits: { readonly entries: number; readonly bytes: number };
}

/** `POST /deadletters/replay` */
export interface ReplayedAnswer {
  readonly replayed: number;
  readonly failed: readonly { readonly id: string; readonly code: string }[];
}
