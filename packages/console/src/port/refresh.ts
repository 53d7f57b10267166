import { historyColumns } from '../history-charts.js';
import type { State } from '../state.js';
import { Refused } from './admin-port.js';
import type { Pace } from './pace.js';
import type { AdminPort } from './admin-port.js';
import type {
  AlertRule,
  AlertsAnswer,
  HistoryAnswer,
  MailboxesAnswer,
  ModuleInfo,
  Operation,
  SecondsAnswer,
  StatusAnswer,
  TargetAnswer,
  TreeAnswer,
} from './answers.js';

/** Mailboxes that the overview shows, and those of the list. */
const FEW = 8;
const MANY = 50;

/** Requests for which the router walks over all actors, all lanes of a service, or a long file. */
export interface Paces {
  readonly tree: Pace;
  readonly inspect: Pace;
  readonly history: Pace;
}

/** Asks for what the place that is shown needs, all at once, and puts it into the state. @throws what the port throws */
export async function refresh(port: AdminPort, state: State, paces: Paces): Promise<void> {
  const { view } = state;
  await Promise.all([
    seconds(port, state),
    mailboxes(port, state),
    view === 'overview' || view === 'alerts' ? alerts(port, state) : undefined,
    view === 'code' ? code(port, state) : undefined,
    view === 'history' ? paces.history.ask(() => history(port, state)) : undefined,
    view === 'actors' ? paces.tree.ask(() => tree(port, state)) : undefined,
    state.target === null ? undefined : inspect(port, state, state.target, paces.inspect),
  ]);
  if (state.status === null) state.status = await port.get<StatusAnswer>('/status');
}

async function seconds(port: AdminPort, state: State): Promise<void> {
  const answer = await port.get<SecondsAnswer>(`/seconds?after=${state.seconds.after}`);
  if (state.seconds.add(answer)) return;
  state.status = null; // another life of the node, perhaps another version
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
  const query = new URLSearchParams({ sinceMs: String(span * 1_000), columns: historyColumns.join(',') });
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
