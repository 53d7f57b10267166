import { ActorError } from './errors.js';
import type { MachineEvent } from './event-queue.js';
import type { From } from './info.js';

/** When a time-out comes, and with what; or what becomes of the one that is running. */
export type TimeoutSetting =
  /** Starts it, in place of one of the same kind that is running. `Infinity` only cancels. 0 comes after the events that wait in the machine, before any from the mailbox. */
  | { readonly afterMs: number; readonly content?: unknown }
  | { readonly cancel: true }
  /** Changes the content of the running one, not its time. If none is running it comes at once, like one with 0 ms. */
  | { readonly update: unknown };

/** What may be done in a state enter call too. */
export type EnterAction =
  /** Runs until the state changes. */
  | ({ readonly type: 'state_timeout' } & TimeoutSetting)
  /** Runs until the next event, whatever it is. */
  | ({ readonly type: 'event_timeout' } & TimeoutSetting)
  /** Runs until it is set again or cancelled under its name. */
  | ({ readonly type: 'timeout'; readonly name: string } & TimeoutSetting)
  /** As `self.reply(from, reply)`. */
  | { readonly type: 'reply'; readonly from: From<never>; readonly reply: unknown };

/**
 * What a handler of a state machine asks for beside the next state (gen_statem's transition actions), in order.
 * @typeParam M messages
 * @typeParam I internal events
 */
export type Action<M, I> =
  | EnterAction
  /** The event in hand is kept, and handled again after the state has changed. */
  | { readonly type: 'postpone' }
  /** An event that goes before all that wait; several in the order they are given. */
  | { readonly type: 'next_event'; readonly message: M }
  | { readonly type: 'next_event'; readonly internal: I }
  | { readonly type: 'next_event'; readonly request: unknown; readonly from: From<never> };

/** What a handler returns; nothing: all stays as it is. */
export interface Transition<D, M, N extends string, I> {
  /** Another name than the current one is a change of state: enter call, postponed events tried again, state time-out cancelled. */
  readonly nextState?: N;
  /** In place of the data so far. Data changed in place need not be returned. */
  readonly data?: D;
  /** Calls `enter` again although the state stays. Nothing else of a change happens. */
  readonly repeatState?: boolean;
  readonly actions?: readonly Action<M, I>[];
}

/** A time-out to start, update or cancel, under its key: `state_timeout`, `event_timeout` or `timeout NAME`. */
export interface TimeoutOrder {
  readonly key: string;
  readonly name: string | undefined;
  readonly setting: TimeoutSetting;
}

/** The actions of one transition, sorted by what they do. */
export class Orders {
  postpone = false;
  readonly inserted: MachineEvent[] = [];
  readonly timeouts: TimeoutOrder[] = [];
  readonly replies: { readonly from: From<never>; readonly reply: unknown }[] = [];
}

const members = new Set(['nextState', 'data', 'repeatState', 'actions']);
const enterMembers = new Set(['data', 'actions']);

/** Checks what a handler returned. @throws ActorError `bad_transition`, naming the machine, the state and what is wrong */
export function readTransition<D, M, N extends string, I>(
  returned: unknown,
  states: object,
  inEnter: boolean,
  where: string,
): Transition<D, M, N, I> | undefined {
  if (returned === undefined) return undefined;
  if (typeof returned !== 'object' || returned === null)
    throw new ActorError('bad_transition', `${where}: a handler returned ${typeof returned}, not an object or nothing`);
  for (const key of Object.keys(returned))
    if (!(inEnter ? enterMembers : members).has(key))
      throw new ActorError(
        'bad_transition',
        members.has(key) ? `${where}: enter must not return ${key}` : `${where}: unknown member ${key} in a transition`,
      );
  const transition = returned as Transition<D, M, N, I>;
  if (transition.nextState !== undefined) checkState(transition.nextState, states, where);
  if (transition.actions !== undefined && !Array.isArray(transition.actions))
    throw new ActorError('bad_transition', `${where}: actions must be an array`);
  return transition;
}

/** @throws ActorError `bad_transition`: there is no such state */
export function checkState(name: unknown, states: object, where: string): void {
  if (typeof name !== 'string' || !Object.hasOwn(states, name))
    throw new ActorError('bad_transition', `${where}: there is no state ${String(name)}`);
}

/** Sorts actions into `orders`. @throws ActorError `bad_transition` */
export function order(orders: Orders, actions: readonly unknown[], inEnter: boolean, where: string): void {
  for (const given of actions) {
    const action = given as Action<unknown, unknown>;
    const type: unknown = typeof given === 'object' && given !== null ? action.type : given;
    if (inEnter && (type === 'postpone' || type === 'next_event'))
      throw new ActorError('bad_transition', `${where}: enter must not return the action ${type}`);
    switch (type) {
      case 'postpone':
        orders.postpone = true;
        break;
      case 'next_event':
        orders.inserted.push(insertedEvent(given as Action<unknown, unknown> & { type: 'next_event' }, where));
        break;
      case 'reply':
        orders.replies.push(given as { from: From; reply: unknown });
        break;
      case 'state_timeout':
      case 'event_timeout':
        orders.timeouts.push({
          key: type,
          name: undefined,
          setting: readSetting(given as TimeoutSetting, type, where),
        });
        break;
      case 'timeout': {
        const { name } = given as { name: unknown };
        if (typeof name !== 'string')
          throw new ActorError('bad_transition', `${where}: the action timeout needs a name, a string`);
        orders.timeouts.push({
          key: `timeout ${name}`,
          name,
          setting: readSetting(given as TimeoutSetting, type, where),
        });
        break;
      }
      default:
        throw new ActorError('bad_transition', `${where}: unknown action ${String(type)}`);
    }
  }
}

function insertedEvent(action: Action<unknown, unknown> & { type: 'next_event' }, where: string): MachineEvent {
  if ('message' in action) return { kind: 'message', content: action.message, from: undefined };
  if ('internal' in action) return { kind: 'internal', content: action.internal, from: undefined };
  if ('request' in action && action.from) return { kind: 'call', content: action.request, from: action.from };
  throw new ActorError('bad_transition', `${where}: next_event needs message, internal, or request with from`);
}

function readSetting(setting: TimeoutSetting, type: string, where: string): TimeoutSetting {
  if ('afterMs' in setting) {
    if (typeof setting.afterMs !== 'number' || !(setting.afterMs >= 0))
      throw new ActorError('bad_transition', `${where}: ${type}.afterMs is ${String(setting.afterMs)}, must be from 0`);
  } else if (!('update' in setting) && !('cancel' in setting && setting.cancel === true))
    throw new ActorError('bad_transition', `${where}: ${type} needs afterMs, update, or cancel: true`);
  return setting;
}
