import type { ServiceContext, ServiceInit } from './service-context.js';
import type { ServiceMessage, ServiceReceipt, ServiceSignal } from './service-message.js';
import type { OutputOf, StandardSchema } from './standard-schema.js';

/** Why an actor of a service ends: it is stopped or was idle longest, or it crashed. */
export type ServiceEnd = 'shutdown' | 'crash';

/** A method of a service: what its arguments are, and what it does with them. */
export interface ServiceMethod<S = unknown> {
  readonly schema: StandardSchema;
  readonly handle: (args: never, state: S, ctx: ServiceContext) => unknown;
}

/** A method whose arguments have the type that `schema` gives them. Validation must be sync. */
export function method<Schema extends StandardSchema, S, R>(
  schema: Schema,
  handle: (args: OutputOf<Schema>, state: S, ctx: ServiceContext) => R,
): ServiceMethod<S> {
  return { schema, handle };
}

type Next<S> = S | void | Promise<S | void>;

/** A function that a worker thread runs for `ctx.offload`: it shares no memory with the service. */
export type ServiceTask = (input: never) => unknown;

/**
 * Code behind the name `$name`. Users send it messages, call its methods and signal it. Callbacks, who calls them when, and
 * their legal returns:
 *
 * | callback | when | returns |
 * |---|---|---|
 * | `init(ctx)` | at the start of an actor, before anything else | the state, or a promise of it |
 * | `handleMessage(message, state, ctx)` | for each message; it is delivered when this has returned. Without it messages are delivered and dropped | the next state; nothing keeps it; or a promise of either |
 * | `handleSignal(signal, state, ctx)` | for each signal; without it they are dropped | as above |
 * | `handleReceipt(receipt, state, ctx)` | when something that it sent was delivered, read, failed or rejected; without it nobody hears | as above |
 * | `handleTimer(tag, state, ctx)` | when a timer has run out; without it they are dropped | as above |
 * | `methods.NAME` | for each CALL of that method, its arguments checked | the result for the caller, or a promise of it; the state is changed in place |
 * | `codeChange(state, from)` | between two handlings, when this version takes over from version `from` | the state in this version's shape; a throw leaves the actor with the old version |
 * | `terminate(reason, state, ctx)` | last, unless the actor was killed | nothing, or a promise |
 * | `selfTest()` | before the version goes live, in a worker | nothing or a promise; a throw refuses the load |
 * | `tasks.NAME(input)` | for `ctx.offload(NAME, input)`, in a worker | the result, or a promise of it |
 *
 * One handling at a time, in order of arrival, for each actor: there is one, or with `state: 'caller'` one for each user who
 * sends or calls. A throw (or a rejected promise, or one that does not settle in 30 s) ends the actor; it starts again with a new state,
 * and what was in hand is handled again, first and alone; after `maxAttempts` crashes it has failed.
 */
export interface Service<S = unknown> {
  readonly kind: 'service';
  readonly name: string;
  readonly version: string;
  /** One state for all (`'shared'`), or one for each user (`'caller'`). */
  readonly state: 'shared' | 'caller';
  /** With `state: 'caller'`: most states in memory. The one that has been idle longest ends. */
  readonly callers: number;
  init(ctx: ServiceInit): S | Promise<S>;
  handleMessage?(message: ServiceMessage, state: S, ctx: ServiceContext): Next<S>;
  handleSignal?(signal: ServiceSignal, state: S, ctx: ServiceContext): Next<S>;
  handleReceipt?(receipt: ServiceReceipt, state: S, ctx: ServiceContext): Next<S>;
  handleTimer?(tag: unknown, state: S, ctx: ServiceContext): Next<S>;
  readonly methods?: Readonly<Record<string, ServiceMethod<S>>>;
  codeChange?(state: unknown, from: string): S;
  terminate?(reason: ServiceEnd, state: S, ctx: ServiceInit): void | Promise<void>;
  selfTest?(): void | Promise<void>;
  readonly tasks?: Readonly<Record<string, ServiceTask>>;
}

/** What an author writes; see {@link Service}. */
export type ServiceDefinition<S> = Omit<Service<S>, 'kind' | 'state' | 'callers'> &
  Partial<Pick<Service<S>, 'state' | 'callers'>>;

/** Most states of a service that keeps one for each user, where it says nothing else. */
export const DEFAULT_CALLERS = 100_000;
const MOST_CALLERS = 10_000_000;

/**
 * Defines a service; the default export of its file.
 * @throws TypeError naming the members that are wrong
 * @example
 * export default defineService<{ total: number }>({
 *   name: 'counter', version: '1.0.0',
 *   init: () => ({ total: 0 }),
 *   methods: { add: method(z.object({ by: z.number().int() }), ({ by }, state) => (state.total += by)) },
 * });
 */
export function defineService<S = undefined>(definition: ServiceDefinition<S>): Service<S> {
  const service: Service<S> = { state: 'shared', callers: DEFAULT_CALLERS, ...definition, kind: 'service' };
  const problems = serviceProblems(service as unknown as Record<string, unknown>);
  if (problems.length > 0) throw new TypeError(`service ${String(definition.name)}: ${problems.join('; ')}`);
  return Object.freeze(service);
}

const optionalCallbacks = [
  'handleMessage',
  'handleSignal',
  'handleReceipt',
  'handleTimer',
  'codeChange',
  'terminate',
  'selfTest',
];

const members = new Set([
  ...['kind', 'name', 'version', 'state', 'callers', 'init', 'methods', 'tasks'],
  ...optionalCallbacks,
]);

/** What is wrong with a service's own members, besides name and version; empty when nothing is. */
export function serviceProblems(given: Readonly<Record<string, unknown>>): string[] {
  const problems: string[] = [];
  const { state, callers } = given;
  if (typeof given['init'] !== 'function') problems.push('init must be a function');
  for (const key of optionalCallbacks)
    if (given[key] !== undefined && typeof given[key] !== 'function')
      problems.push(`${key} must be a function where it is given`);
  if (state !== 'shared' && state !== 'caller') problems.push("state must be 'shared' or 'caller'");
  if (typeof callers !== 'number' || !Number.isInteger(callers) || callers < 1 || callers > MOST_CALLERS)
    problems.push(`callers must be an integer from 1 to ${MOST_CALLERS}`);
  problems.push(...methodProblems(given['methods']), ...taskProblems(given['tasks']));
  for (const key of Object.keys(given)) if (!members.has(key)) problems.push(`${key} is not a member of a service`);
  return problems;
}

function methodProblems(methods: unknown): string[] {
  if (methods === undefined) return [];
  if (typeof methods !== 'object' || methods === null) return ['methods must be an object'];
  const problems: string[] = [];
  for (const [name, given] of Object.entries(methods as Record<string, Partial<ServiceMethod> | null>)) {
    const validate: unknown = (given?.schema as Partial<StandardSchema> | undefined)?.['~standard']?.validate;
    if (typeof given?.handle !== 'function' || typeof validate !== 'function')
      problems.push(`methods.${name} must be made by method(schema, handle), the schema one of Standard Schema v1`);
  }
  return problems;
}

function taskProblems(tasks: unknown): string[] {
  if (tasks === undefined) return [];
  if (typeof tasks !== 'object' || tasks === null) return ['tasks must be an object'];
  return Object.entries(tasks)
    .filter(([, task]) => typeof task !== 'function')
    .map(([name]) => `tasks.${name} must be a function`);
}
