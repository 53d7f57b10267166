import type { Actor } from './actor.js';
import type { ChildSpec } from './child-spec.js';
import { ActorError } from './errors.js';
import type { Pid } from './pid.js';
import type { FailureHistory } from './restart-back-off.js';
import { codeOf, type ChildCount, type ChildInfo, type ChildStatus } from './supervision.js';

/** A child of a static supervisor, whether it runs or not. */
export interface Child {
  readonly spec: ChildSpec;
  pid: Actor | null;
  restarting: boolean;
  /** Kept with `backOff` only. */
  readonly history: FailureHistory;
  /** How often it was started again. */
  restarts: number;
}

/** The tag of the timer of a child that waits for its back-off. Stale when the child waits for another, or no more. */
export class BackOffEnd {
  readonly child: Child;
  constructor(child: Child) {
    this.child = child;
  }
}

export function newChild(spec: ChildSpec): Child {
  return { spec, pid: null, restarting: false, history: { failures: 0, startedAt: 0 }, restarts: 0 };
}

/** What a static supervisor does to one child; it may take time. */
export type Step =
  | {
      readonly do: 'stop';
      readonly child: Child;
      /** It comes back with a sibling that waits for its restart. */
      readonly again?: boolean;
      readonly done?: () => void;
    }
  | { readonly do: 'start'; readonly child: Child; readonly initial: boolean };

export function childInfos(children: readonly Child[]): ChildInfo[] {
  return children.map(({ spec, pid, restarting }) => {
    const { name, version } = pid?.behaviour ?? codeOf(spec);
    return { id: spec.id, pid, restarting, type: spec.type ?? 'worker', behaviour: name, version };
  });
}

export function* childStatuses(children: readonly Child[]): IterableIterator<ChildStatus> {
  const infos = childInfos(children);
  for (const [i, { spec, restarts }] of [...children].entries())
    yield { ...(infos[i] as ChildInfo), restarts, arg: spec.arg };
}

export function childCount(children: readonly Child[]): ChildCount {
  const supervisors = children.filter(({ spec }) => spec.type === 'supervisor').length;
  const specs = children.length;
  const active = children.filter(({ pid }) => pid !== null).length;
  return { specs, active, supervisors, workers: specs - supervisors };
}

export function busy(): ActorError {
  return new ActorError('busy', 'the supervisor is starting or stopping children');
}

export function notFound(id: string | Pid): ActorError {
  return new ActorError('not_found', `there is no child ${String(id)}`);
}
