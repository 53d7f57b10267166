import { historyColumns } from '../history-charts.js';
import type { State } from '../state.js';
import { Refused } from './admin-port.js';
import type { Pace } from './pace.js';
import type { AdminPort } from './admin-port.js';
import type {
  AlertRule,
  AlertsAnswer,
  DeadLettersAnswer,
  HistoryAnswer,
  MailboxesAnswer,
  SecondsAnswer,
  StatusAnswer,
} from './answers.js';
import type { HandlerFilesAnswer, ModuleInfo, Operation } from './code-answers.js';
import type { TargetAnswer, TreeAnswer } from './inspect-answers.js';

/** Mailboxes that the overview shows, and those of the list. */
const FEW = 8;
const MANY = 50;
/** A span up to which the history is shown second by second, s, and the points of one that is longer. */
const EACH_SECOND_S = 900;
const FEWER_POINTS = 360;
/** Dead letters that are listed. */
const LETTERS = 200;

/** Requests for which the router walks over all actors, all lanes of a service, a long file, or a directory. */
export interface Paces {
  readonly tree: Pace;
  readonly inspect: Pace;
  readonly history: Pace;
  readonly files: Pace;
}

/** Asks for what the place that is shown needs, all at once, and puts it into the state. @throws what the port throws */
export async function refresh(port: AdminPort, state: State, paces: Paces): Promise<void> {
  const { view } = state;
  await Promise.all([
    status(port, state),
    seconds(port, state),
    mailboxes(port, state),
    view === 'overview' || view === 'alerts' ? alerts(port, state) : undefined,
    view === 'letters' ? letters(port, state) : undefined,
    view === 'code' ? code(port, state) : undefined,
    view === 'code' ? paces.files.ask(() => files(port, state)) : undefined,
    view === 'history' ? paces.history.ask(() => history(port, state)) : undefined,
    view === 'actors' ? paces.tree.ask(() => tree(port, state)) : undefined,
    state.target === null ? undefined : inspect(port, state, state.target, paces.inspect),
  ]);
}

async function status(port: AdminPort, state: State): Promise<void> {
  state.status = await port.get<StatusAnswer>('/status');
}

async function seconds(port: AdminPort, state: State): Promise<void> {
  const answer = await port.get<SecondsAnswer>(`/seconds?after=${state.seconds.after}`);
  if (state.seconds.add(answer)) return;
  // they are of another life of the node
  state.seconds.add(await port.get<SecondsAnswer>('/seconds'));
}

async function mailboxes(port: AdminPort, state: State): Promise<void> {
  const isList = state.view === 'mailboxes';
  const query = new URLSearchParams({ limit: String(isList ? MANY : state.view === 'overview' ? FEW : 0) });
  if (isList) query.set('order', state.order);
  if (isList && state.class !== '') query.set('class', state.class);
  state.mailboxes = await port.get<MailboxesAnswer>(`/mailboxes?${query}`);
}

async function alerts(port: AdminPort, state: State): Promise<void> {
  const [answer, rules] = await Promise.all([
    port.get<AlertsAnswer>('/alerts'),
    state.view === 'alerts' ? port.get<{ rules: readonly AlertRule[] }>('/alerts/rules') : undefined,
  ]);
  state.alerts = answer;
  if (rules !== undefined) state.rules = rules.rules;
}

async function history(port: AdminPort, state: State): Promise<void> {
  const span = state.historySpan;
  const points = String(span <= EACH_SECOND_S ? span : FEWER_POINTS);
  const query = new URLSearchParams({ sinceMs: String(span * 1_000), points, columns: historyColumns.join(',') });
  const answer = await port.get<HistoryAnswer>(`/history?${query}`);
  if (span === state.historySpan) state.history = answer;
}

async function code(port: AdminPort, state: State): Promise<void> {
  const [versions, operations] = await Promise.all([
    port.get<{ modules: readonly ModuleInfo[] }>('/code/versions'),
    port.get<{ operations: readonly Operation[] }>('/code/operations'),
  ]);
  state.modules = versions.modules;
  state.operations = operations.operations;
}

async function files(port: AdminPort, state: State): Promise<void> {
  state.files = await port.get<HandlerFilesAnswer>('/code/files');
}

async function letters(port: AdminPort, state: State): Promise<void> {
  state.letters = await port.get<DeadLettersAnswer>(`/deadletters?limit=${LETTERS}`);
}

async function tree(port: AdminPort, state: State): Promise<void> {
  state.tree = await port.get<TreeAnswer>('/actors/tree?deepest=10');
}

async function inspect(port: AdminPort, state: State, target: string, pace: Pace): Promise<void> {
  if (state.inspected?.target !== target) pace.hurry();
  try {
    await pace.ask(async () => {
      const answer = await port.get<TargetAnswer>(`/inspect/${encodeURIComponent(target)}`);
      if (state.target === target) state.inspected = { target, answer };
    });
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 404) throw error;
    if (state.target === target) state.inspected = { target, answer: null };
  }
}
