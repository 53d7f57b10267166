import session from '../../src/behaviours/session.js';
import type { SessionModule } from '../../src/port/session-shell.js';
import type { SessionFrame, SessionPort } from '@mailbeam/handler';

/** What becomes of one handling of a frame: a crash before or after it has decided, or whatever the plan does itself. */
export type Fate = 'crash before' | 'crash after' | 'handle' | ((port: SessionPort) => void | Promise<void>);

export interface PlantedSession {
  readonly module: SessionModule;
  /** `cid`, or the op of a frame without one, of every handling that was begun, in order. */
  readonly handled: number[];
}

type Handle = (frame: SessionFrame, state: { port: SessionPort }, self: unknown) => unknown;

/** The real session with handlings that go as `plan` says; `attempt` counts from 1 for each frame. */
export function plantedSession(plan: (id: number, attempt: number, user: string) => Fate): PlantedSession {
  const handled: number[] = [];
  const real = (session as unknown as { handleMessage: Handle }).handleMessage;
  const attempts = new Map<SessionFrame, number>();
  const handleMessage: Handle = (frame, state, self) => {
    const id = 'cid' in frame ? frame.cid : frame.op;
    const attempt = (attempts.get(frame) ?? 0) + 1;
    attempts.set(frame, attempt);
    handled.push(id);
    const fate = plan(id, attempt, state.port.user);
    if (typeof fate === 'function') return fate(state.port);
    if (fate === 'crash before') throw new Error('planted: before');
    const result = real(frame, state, self);
    if (fate === 'crash after') throw new Error('planted: after');
    return result;
  };
  return { module: { ...(session as unknown as object), handleMessage } as unknown as SessionModule, handled };
}

/** Crashes the handling of frame `id` so many times. */
export function crashing(
  id: number,
  times: number,
  fate: 'crash before' | 'crash after' = 'crash before',
): PlantedSession {
  return plantedSession((at, attempt) => (at === id && attempt <= times ? fate : 'handle'));
}
