import type { ModuleKind } from '@mailbeam/handler';
import type { CodeProblem } from './errors.js';

/**
 * Where an operation is. Of a load, in order: `compiling`, `checking`, then `dry_run` and `checked`, or `starting`, `moving`
 * (the canary's part, or all), `gating`, `moving_rest`, `kept`. A rollback: `starting`, `moving`, `kept`. Whatever goes back
 * passes `going_back` and ends `rolled_back`; what never began to move ends `failed`, and has changed nothing.
 */
export type Phase =
  'compiling' | 'checking' | 'dry_run' | 'starting' | 'moving' | 'gating' | 'moving_rest' | 'going_back' | EndPhase;

/** How an operation ends: the version stays; it went back; nothing was changed; a dry run is through. */
export type EndPhase = 'kept' | 'rolled_back' | 'failed' | 'checked';

/** A load, a rollback, or a rollout that goes on after the node was started again. A frozen snapshot. */
export interface Operation {
  readonly id: string;
  /** Rises with every change: what {@link CodeServer.awaitOperation} takes as `afterSeq`. */
  readonly seq: number;
  readonly what: 'load' | 'rollback' | 'resume';
  readonly phase: Phase;
  readonly ended: boolean;
  /** The file, relative to the handlers directory; '' for a rollback. */
  readonly file: string;
  /** Known once the module has been checked. */
  readonly kind?: ModuleKind;
  readonly name?: string;
  /** The version that is to be live. */
  readonly version?: string;
  /** The version that was live before; left out where there was none. */
  readonly from?: string;
  /** Per cent of the instances that move before the gate. */
  readonly canary: number;
  readonly gateMs: number;
  readonly dryRun: boolean;
  /** Who asked, as they said. */
  readonly by: string;
  /** Wall clock, ms since the epoch. */
  readonly startedAt: number;
  /** When the phase at hand began. */
  readonly phaseSince: number;
  readonly endedAt?: number;
  /** Instances that run the version they are meant to run, in the phase at hand. */
  readonly moved: number;
  /** Instances that are still to move. */
  readonly old: number;
  /** Instances whose `codeChange` threw. */
  readonly failed: number;
  /** Why it is where it is, in words: the gate's figures, what threw, what was found. */
  readonly reason: string;
  /** Of `failed` and `rolled_back`. */
  readonly problem?: CodeProblem;
  /** Of `checked`. */
  readonly dryRunReport?: DryRunReport;
}

/** What a load would do, tried on copies of live states in a thread of its own. */
export interface DryRunReport {
  readonly instances: number;
  /** Instances whose state was copied and migrated: at most `dryRunStates`. */
  readonly tried: number;
  readonly wouldMove: number;
  readonly wouldThrow: number;
  /** The first messages of what was thrown, each once. */
  readonly errors: readonly string[];
  /** Shapes of states (names and types of fields, never a value) before and after, most frequent first. */
  readonly shapes: readonly { readonly before: string; readonly after: string; readonly count: number }[];
}

/** How a file is loaded. */
export interface LoadOptions {
  /** Checks, and `codeChange` on copies of live states; nothing goes live. Default false. */
  readonly dryRun?: boolean;
  /** Per cent of the instances that move first, above 0 to 100. Default 100: all. */
  readonly canary?: number;
  /** How long the new version is watched, ms; 0: not at all. 0 to 3,600,000. Default: the server's `gateMs`. */
  readonly gateMs?: number;
  /** Makes the version unique by the hash of its source: `1.0.0+a1b2c3d`. Default false. */
  readonly dev?: boolean;
  /** Who asks, for the audit log. Default ''. */
  readonly by?: string;
}
