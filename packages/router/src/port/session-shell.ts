import { defineBehaviour } from '@mailbeam/actors';
import type { Behaviour, Self } from '@mailbeam/actors';
import type { SessionPort } from '@mailbeam/handler';
import type { PortFrame } from './frames.js';
import type { Port } from './port.js';

interface ShellState {
  readonly port: Port;
  inner: unknown;
}

/** A session's module, as the shell sees it: its state is its own affair. */
export type SessionModule = Behaviour<SessionPort, never, never>;

/**
 * The door between a port and the module of its session: what the module asks for while it handles a frame takes effect
 * only when the handling returns (semantics 5.3), and a restarted session is given what its predecessor left.
 */
export function sessionShell(given: SessionModule): Behaviour<Port, ShellState, PortFrame> {
  const module = given as unknown as Behaviour<SessionPort, unknown, unknown>;
  return defineBehaviour<Port, ShellState, PortFrame>({
    name: module.name,
    version: module.version,

    init(port, self) {
      const inner = module.init(port, self as unknown as Self<unknown>);
      if (inner instanceof Promise) {
        return inner.then(
          (settled: unknown) => {
            started(port, self);
            return { port, inner: settled };
          },
          (reason: unknown) => {
            port.session = self.pid; // it is about to end: a port whose session is dead is found and closed
            throw reason;
          },
        );
      }
      started(port, self);
      return { port, inner };
    },

    handleMessage(frame, state, self) {
      const { port } = state;
      port.begin();
      const next = module.handleMessage(frame, state.inner, self as unknown as Self<unknown>);
      if (next instanceof Promise) {
        return next.then((settled: unknown) => {
          if (settled !== undefined) state.inner = settled;
          port.finish(frame);
          port.settledLate();
        });
      }
      if (next !== undefined) state.inner = next;
      port.finish(frame);
    },

    codeChange(state, from, self) {
      const old = state as ShellState;
      if (module.codeChange === undefined) return old;
      return { port: old.port, inner: module.codeChange(old.inner, from, self as unknown as Self<unknown>) };
    },

    terminate(reason, state, self) {
      return module.terminate?.(reason, state.inner, self as unknown as Self<unknown>);
    },
  });
}

function started(port: Port, self: Self<PortFrame>): void {
  port.session = self.pid;
  port.sessionStarted();
}
