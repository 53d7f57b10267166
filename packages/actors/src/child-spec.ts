import type { AnyBehaviour } from './behaviour.js';
import { ActorError } from './errors.js';
import { isPlanned, type ExitReason } from './exit-reason.js';
import type { MailboxOptions } from './options.js';

/** When a supervisor ends by itself: never, when any significant child has ended by itself, or when the last of them has. */
export type AutoShutdown = 'never' | 'any_significant' | 'all_significant';

/** How a supervisor starts, restarts and stops a child. */
export interface ChildSpec {
  /** Unique within its supervisor. In a dynamic supervisor it only names the template in reports. */
  readonly id: string;
  /**
   * The behaviour, or a function that is asked for it at each start with the child's `arg`, so that a restart gets the version that is current then. For a report on a dynamic supervisor's template it is
   * asked with undefined.
   */
  readonly behaviour: AnyBehaviour | ((arg: unknown) => AnyBehaviour);
  /** Given to `init` at each start. In a dynamic supervisor it comes from `startChild` instead. */
  readonly arg?: unknown;
  /** `'permanent'` (default): always restarted. `'transient'`: after a crash only. `'temporary'`: never, and forgotten when it ends. */
  readonly restart?: 'permanent' | 'transient' | 'temporary';
  /**
   * Whether its end by itself may end the supervisor (see `autoShutdown` of the supervisor). Not for permanent children, and only with an `autoShutdown` that is not `'never'`. Default
   * `false`.
   */
  readonly significant?: boolean;
  /**
   * How it is stopped: `'brutal_kill'`, or exit `'shutdown'` and after so many ms `'kill'`, or `'infinity'`. Integer from 0 to 2^31 - 1. Default 5,000, for a supervisor
   * `'infinity'`.
   */
  readonly shutdown?: number | 'brutal_kill' | 'infinity';
  /** Default `'worker'`. */
  readonly type?: 'worker' | 'supervisor';
  readonly name?: string;
  readonly class?: string;
  readonly priority?: 'high' | 'normal';
  readonly mailbox?: MailboxOptions;
}

const keys = [
  'id',
  'behaviour',
  'arg',
  'restart',
  'significant',
  'shutdown',
  'type',
  'name',
  'class',
  'priority',
  'mailbox',
];

/** @param autoShutdown that of its supervisor. @throws ActorError `bad_child_spec`, naming the child and what is wrong */
export function checkChildSpec(spec: ChildSpec, autoShutdown: AutoShutdown): void {
  const wrong = (what: string): never => {
    throw new ActorError('bad_child_spec', `child ${String(spec?.id)}: ${what}`);
  };
  if (typeof spec !== 'object' || spec === null) wrong('a child spec must be an object');
  for (const key of Object.keys(spec)) if (!keys.includes(key)) wrong(`unknown key ${key}`);
  if (typeof spec.id !== 'string' || spec.id === '') wrong('id must be a non-empty string');
  if (typeof spec.behaviour !== 'function' && typeof spec.behaviour?.init !== 'function')
    wrong('behaviour must be a behaviour, or a function that returns it');
  if (spec.restart !== undefined && !['permanent', 'transient', 'temporary'].includes(spec.restart))
    wrong(`restart is ${String(spec.restart)}, must be permanent, transient or temporary`);
  if (spec.significant !== undefined && typeof spec.significant !== 'boolean')
    wrong(`significant is ${String(spec.significant)}, must be true or false`);
  if (spec.significant && (spec.restart ?? 'permanent') === 'permanent')
    wrong('significant is not for a permanent child: it never stays down');
  if (spec.significant && autoShutdown === 'never')
    wrong('significant needs a supervisor whose autoShutdown is not never');
  if (spec.type !== undefined && !['worker', 'supervisor'].includes(spec.type))
    wrong(`type is ${String(spec.type)}, must be worker or supervisor`);
  const { shutdown } = spec;
  if (
    typeof shutdown === 'number'
      ? !(Number.isInteger(shutdown) && shutdown >= 0 && shutdown <= 2_147_483_647)
      : ![undefined, 'brutal_kill', 'infinity'].includes(shutdown)
  )
    wrong(`shutdown is ${String(shutdown)}, must be brutal_kill, infinity or an integer of ms from 0`);
}

/** The behaviour for a start with `arg` now. */
export function behaviourOf(spec: ChildSpec, arg: unknown): AnyBehaviour {
  return typeof spec.behaviour === 'function' ? spec.behaviour(arg) : spec.behaviour;
}

/** The `shutdown` that is in force. */
export function shutdownOf(spec: ChildSpec): number | 'brutal_kill' | 'infinity' {
  return spec.shutdown ?? (spec.type === 'supervisor' ? 'infinity' : 5_000);
}

/** Whether a child that ended with `reason` is to be restarted. */
export function isRestarted(spec: ChildSpec, reason: ExitReason): boolean {
  const restart = spec.restart ?? 'permanent';
  return restart === 'permanent' || (restart === 'transient' && !isPlanned(reason));
}
