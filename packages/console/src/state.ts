import type {
  AlertRule,
  AlertsAnswer,
  DeadLettersAnswer,
  HistoryAnswer,
  MailboxClass,
  MailboxesAnswer,
  MailboxOrder,
  StatusAnswer,
} from './port/answers.js';
import type { HandlerFilesAnswer, ModuleInfo, Operation, Problem } from './port/code-answers.js';
import type { TargetAnswer, TreeAnswer } from './port/inspect-answers.js';
import { hiddenAtFirst } from './history-charts.js';
import type { PulseState } from './port/pulse.js';
import { SecondsKept } from './port/seconds.js';

export const views = ['overview', 'mailboxes', 'alerts', 'letters', 'code', 'actors', 'history'] as const;
export type View = (typeof views)[number];

/** Spans that charts show, s. */
export const spans = [120, 300, 600] as const;

/** Spans that the history shows, s. */
export const historySpans = [900, 3_600, 21_600] as const;

/** What is being looked at closer, and what was found; null: there is no such thing. */
export interface Inspected {
  readonly target: string;
  readonly answer: TargetAnswer | null;
}

/** What a silence is to cover, as its form has it. */
export interface SilenceDraft {
  readonly kind: 'silence';
  readonly rule: string;
  readonly mailbox: string;
  /** What went wrong with it. */
  readonly problem: string;
}

/** Something that is done only when it is said twice. */
export interface Confirmation {
  readonly kind: 'confirm';
  readonly title: string;
  readonly text: string;
  readonly label: string;
  readonly act: () => Promise<void>;
}

export interface Notice {
  readonly isProblem: boolean;
  readonly text: string;
}

/** Everything that the page shows follows from this. */
export interface State {
  pulse: PulseState;
  /** When the router answered last, ms since the epoch; null: not yet. */
  heardAt: number | null;
  /** The link that led here had been used, or was too old. */
  isSpent: boolean;
  view: View;
  target: string | null;
  span: (typeof spans)[number];
  historySpan: (typeof historySpans)[number];
  /** Series that are not drawn. */
  readonly hidden: Set<string>;
  order: MailboxOrder;
  class: MailboxClass | '';
  /** Names of mailboxes in the order that they had when somebody began to point at one: a row must not move away below a finger. */
  heldOrder: readonly string[] | null;
  readonly seconds: SecondsKept;
  history: HistoryAnswer | null;
  status: StatusAnswer | null;
  mailboxes: MailboxesAnswer | null;
  alerts: AlertsAnswer | null;
  rules: readonly AlertRule[] | null;
  modules: readonly ModuleInfo[] | null;
  operations: readonly Operation[] | null;
  files: HandlerFilesAnswer | null;
  letters: DeadLettersAnswer | null;
  tree: TreeAnswer | null;
  inspected: Inspected | null;
  /** Why the last load did not begin. */
  loadProblem: Problem | null;
  dialog: SilenceDraft | Confirmation | null;
  notice: Notice | null;
}

export function firstState(): State {
  return {
    pulse: 'live',
    heardAt: null,
    isSpent: false,
    view: 'overview',
    target: null,
    span: 300,
    historySpan: 3_600,
    hidden: new Set(hiddenAtFirst),
    order: 'depth',
    class: '',
    heldOrder: null,
    seconds: new SecondsKept(),
    history: null,
    status: null,
    mailboxes: null,
    alerts: null,
    rules: null,
    modules: null,
    operations: null,
    files: null,
    letters: null,
    tree: null,
    inspected: null,
    loadProblem: null,
    dialog: null,
    notice: null,
  };
}
