import type { ExitReason } from './exit-reason.js';

/**
 * What a supervisor did about a child:
 * - `restarted`: the child ended and runs again
 * - `start_failed`: its `init` failed (counts as another restart)
 * - `given_up`: one child of a supervisor with `intensityScope: 'child'` restarted too often; it stays down, its siblings run on
 * - `intensity_reached`: too many restarts; the supervisor ends all children and itself with `'shutdown'`
 * - `killed`: the child did not end within its shutdown time
 */
export interface SupervisorReport {
  readonly event: 'restarted' | 'start_failed' | 'given_up' | 'intensity_reached' | 'killed';
  /** The supervisor's pid and name. */
  readonly supervisor: number;
  readonly name: string | undefined;
  readonly child: string;
  readonly behaviour: string;
  readonly version: string;
  readonly reason: ExitReason;
  /** Clock reading of the turn, ms. */
  readonly at: number;
}
