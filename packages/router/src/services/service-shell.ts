import { types } from 'node:util';
import { defineBehaviour, isPlanned } from '@mailbeam/actors';
import type { Behaviour } from '@mailbeam/actors';
import type { ServiceContext } from '@mailbeam/handler';
import { Receipt } from '../mailbox/receipt.js';
import { Message } from '../mailbox/request.js';
import type { Lane } from './lane.js';
import { Refusal, SeenMessage, SeenSignal, seenReceipt, Timer } from './lane-entry.js';
import type { LaneEntry } from './lane-entry.js';
import { runCall } from './run-call.js';
import { ServiceCall } from './service-call.js';
import type { Reply } from './service-call.js';
import type { LaneSelf } from './service-desk.js';
import type { ServiceModule, ServiceVersion } from './service-version.js';
import { StartContext } from './start-context.js';

/** The state of a lane's actor: the service's own, beside its lane. */
export interface LaneState {
  readonly lane: Lane;
  inner: unknown;
  /** False for one that ended before its `init` was asked. */
  readonly hasStarted: boolean;
}

/** Tells an actor to end between two entries. */
export const END = Symbol('end');
export type LaneItem = LaneEntry | typeof END;

/**
 * The door between a lane and the code of its service: what a handling asks for takes effect only when it has returned
 * (semantics 11.3). A throw is the actor's crash; its lane hears of it and keeps what was in hand.
 */
export function serviceShell(version: ServiceVersion): Behaviour<Lane, LaneState, LaneItem> {
  const { module, stats } = version;
  return defineBehaviour<Lane, LaneState, LaneItem>({
    name: version.name,
    version: version.version,

    init(lane, self) {
      if (lane.isClosed) {
        self.stop('shutdown');
        return { lane, inner: undefined, hasStarted: false };
      }
      const actor = self as unknown as LaneSelf;
      const ctx = new StartContext(version, lane.caller, lane.desk, actor);
      lane.starting(actor, version);
      const started = (inner: unknown): LaneState => {
        const state = { lane, inner, hasStarted: true };
        ctx.close();
        lane.started(state);
        return state;
      };
      let inner: unknown;
      try {
        inner = module.init(ctx);
      } catch (error) {
        lane.initThrew(error);
        // a promise: a child whose start fails at once is not kept by its supervisor, and this one is to be tried again
        return rejectedWith(error);
      }
      return types.isPromise(inner) ? inner.then(started) : started(inner);
    },

    handleMessage(item, state, self) {
      const { lane } = state;
      if (item === END) return self.stop('shutdown');
      if (item instanceof Timer && !lane.hasInHand(item)) return lane.push(item);
      const handling = lane.begin();
      const began = stats.begin();
      const done = (outcome: unknown): void => {
        if (handling.isOver) return; // it was given up: another handling has its entry
        stats.end(began);
        if (!(item instanceof ServiceCall)) {
          if (outcome !== undefined) state.inner = outcome;
          return lane.finish(null);
        }
        const reply = outcome as Reply;
        if (!reply.ok) stats.rejects++;
        lane.finish(reply);
      };
      const outcome =
        item instanceof ServiceCall
          ? runCall(item, module, state.inner, handling, lane.desk.limits.maxBodyBytes)
          : run(item, module, state.inner, handling);
      if (types.isPromise(outcome)) return outcome.then(done);
      done(outcome);
    },

    codeChange(given, from) {
      const state = given as LaneState;
      if (module.codeChange !== undefined) state.inner = module.codeChange(state.inner, from);
      state.lane.runs(version);
      return state;
    },

    terminate(reason, state, self) {
      if (!state.hasStarted || module.terminate === undefined) return;
      const { lane } = state;
      const ctx = new StartContext(version, lane.caller, lane.desk, self as unknown as LaneSelf);
      return module.terminate(isPlanned(reason) ? 'shutdown' : 'crash', state.inner, ctx);
    },
  });
}

async function rejectedWith(error: unknown): Promise<never> {
  throw error;
}

/** Has the service handle what came; the next state, nothing, or a promise of either. */
function run(
  entry: Exclude<LaneEntry, ServiceCall>,
  module: ServiceModule,
  state: unknown,
  ctx: ServiceContext,
): unknown {
  if (entry instanceof Message) return module.handleMessage?.(new SeenMessage(entry), state, ctx);
  if (entry instanceof Receipt || entry instanceof Refusal)
    return module.handleReceipt?.(seenReceipt(entry), state, ctx);
  if (entry instanceof SeenSignal) return module.handleSignal?.(entry, state, ctx);
  entry.isOver = true;
  return module.handleTimer?.(entry.tag, state, ctx);
}
