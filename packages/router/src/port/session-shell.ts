import { types } from 'node:util';
import { defineBehaviour } from '@mailbeam/actors';
import type { Behaviour, Self } from '@mailbeam/actors';
import type { Version } from '@mailbeam/code';
import type { SessionPort } from '@mailbeam/handler';
import type { PortFrame } from './frames.js';
import type { Port } from './port.js';

export interface ShellState {
  readonly port: Port;
  inner: unknown;
}

/** A session's module, as the shell sees it: its state is its own affair. */
export type SessionModule = Behaviour<SessionPort, never, never>;
export type SessionVersion = Version<SessionModule>;

/**
 * The door between a port and the module of its session: what the module asks for while it handles a frame takes effect
 * only when the handling returns (semantics 5.3) and the interceptors have seen it, and a restarted session is given what its
 * predecessor left.
 */
export function sessionShell(version: SessionVersion): Behaviour<Port, ShellState, PortFrame> {
  const module = version.module as unknown as Behaviour<SessionPort, unknown, unknown>;
  const { stats } = version;

  const handled = (began: number, port: Port): void => {
    stats.end(began);
    if (port.rejects) stats.rejects++;
  };

  return defineBehaviour<Port, ShellState, PortFrame>({
    name: module.name,
    version: module.version,

    init(port, self) {
      const inner = module.init(port, self as unknown as Self<unknown>);
      if (types.isPromise(inner)) {
        return inner.then(
          (settled: unknown) => {
            return started({ port, inner: settled }, version, self);
          },
          (reason: unknown) => {
            port.session = self.pid; // it is about to end: a port whose session is dead is found and closed
            throw reason;
          },
        );
      }
      return started({ port, inner }, version, self);
    },

    handleMessage(frame, state, self) {
      const { port } = state;
      const handling = port.begin();
      const began = stats.begin();
      const next = module.handleMessage(frame, state.inner, self as unknown as Self<unknown>);
      // no function within this one: each message would pay for what it closes over
      if (next !== undefined) {
        if (types.isPromise(next)) return finishLate(next, frame, state, handling, began, handled);
        state.inner = next;
      }
      handled(began, port);
      const screening = port.screen(frame);
      if (screening !== undefined) return finishScreened(screening, port, frame, handling);
      port.finish(frame);
    },

    codeChange(state, from, self) {
      const old = state as ShellState;
      const inner =
        module.codeChange === undefined
          ? old.inner
          : module.codeChange(old.inner, from, self as unknown as Self<unknown>);
      runs(old.port, version);
      old.inner = inner;
      return old;
    },

    terminate(reason, state, self) {
      return module.terminate?.(reason, state.inner, self as unknown as Self<unknown>);
    },
  });
}

async function finishLate(
  handler: Promise<unknown>,
  frame: PortFrame,
  state: ShellState,
  handling: number,
  began: number,
  handled: (began: number, port: Port) => void,
): Promise<void> {
  const { port } = state;
  const settled = await handler;
  if (!port.isInHand(handling)) return; // its session has been ended meanwhile: another handles the frame
  if (settled !== undefined) state.inner = settled;
  handled(began, port);
  const screening = port.screen(frame);
  if (screening !== undefined) await screening;
  finishHeld(port, frame, handling);
}

async function finishScreened(screening: Promise<void>, port: Port, frame: PortFrame, handling: number): Promise<void> {
  await screening;
  finishHeld(port, frame, handling);
}

/** What was held back for a promise goes on, unless it was given up. */
function finishHeld(port: Port, frame: PortFrame, handling: number): void {
  if (!port.isInHand(handling)) return;
  port.finish(frame);
  port.settledLate();
}

function started(state: ShellState, version: SessionVersion, self: Self<PortFrame>): ShellState {
  const { port } = state;
  port.session = self.pid;
  port.sessionState = state;
  runs(port, version);
  port.sessionStarted();
  return state;
}

/** The session of this port has this version from now on; null: it has none. */
export function runs(port: Port, version: SessionVersion | null): void {
  const before = port.sessionVersion;
  if (before === version) return;
  if (before !== null) before.stats.instances--;
  if (version !== null) version.stats.instances++;
  port.sessionVersion = version;
  if (version === null) port.sessionState = null;
}
