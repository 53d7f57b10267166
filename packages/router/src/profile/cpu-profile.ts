/** A profile as V8 writes it, and as the tools for it read it (`.cpuprofile`): what of it is used here. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Microseconds, of a clock of its own. */
  readonly startTime: number;
  readonly endTime: number;
  /** Id of the node that was on top, at each sample, and the time since the sample before, microseconds. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface ProfileNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly children?: readonly number[];
  readonly positionTicks?: readonly { readonly line: number; readonly ticks: number }[];
}

export interface CallFrame {
  readonly functionName: string;
  readonly scriptId: string;
  readonly url: string;
  /** From 0. */
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** Time of each node by itself, by id, microseconds. */
export function selfTimes({ samples, timeDeltas, startTime, endTime }: CpuProfile): Map<number, number> {
  const times = new Map<number, number>();
  let at = startTime;
  for (const [i, node] of samples.entries()) {
    at += timeDeltas[i] ?? 0;
    // what was on top is taken to have been so until the next sample
    const until = i + 1 < samples.length ? (timeDeltas[i + 1] ?? 0) : Math.max(0, endTime - at);
    times.set(node, (times.get(node) ?? 0) + until);
  }
  return times;
}
