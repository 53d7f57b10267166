/** One measured loop. */
export interface MicroTask {
  readonly name: string;
  /** Operations that one run does. */
  readonly perRun: number;
  readonly run: () => void | Promise<void>;
  /** Gives back what the task holds. */
  readonly dispose?: () => Promise<void>;
}
