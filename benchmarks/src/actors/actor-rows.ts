import type { ProgramSizes } from './program.js';

/** One row of the comparison, and what it has to reach. */
export interface ActorRow {
  readonly id: string;
  readonly title: string;
  readonly unit: 'ns' | 'bytes';
  /** BEAM's figure divided by ours has to be at least this: the figures. */
  readonly atLeast?: number;
  /** In a process of its own (memory), or with the others of its side. */
  readonly isAlone?: boolean;
  /** Takes seconds for one run, so it is not repeated. */
  readonly isLong?: boolean;
}

export const actorRows: readonly ActorRow[] = [
  { id: 'ping-pong', title: 'ping-pong, round trip', unit: 'ns', atLeast: 5 },
  { id: 'fan-in', title: 'fan-in of 1,000 senders, a message', unit: 'ns', atLeast: 2 },
  { id: 'ring', title: 'ring of 1,000, a hop', unit: 'ns', atLeast: 5 },
  { id: 'call', title: 'call, awaited', unit: 'ns', atLeast: 3 },
  { id: 'call-message', title: 'call, reply as a message', unit: 'ns', atLeast: 5 },
  { id: 'spawn-exit', title: 'spawn, message, exit, DOWN; one by one', unit: 'ns', atLeast: 8 },
  { id: 'spawn-burst', title: 'spawn, message, exit; 1,000 at once', unit: 'ns', atLeast: 8 },
  { id: 'idle', title: '1,000,000 idle actors, each', unit: 'bytes', atLeast: 6, isAlone: true },
  { id: 'restart', title: 'supervisor of 100,000, a restart', unit: 'ns', isAlone: true, isLong: true },
];

/** How often and how long. */
export interface ActorRunSizes extends ProgramSizes {
  /** Processes of each side for each row, sides in turn. */
  readonly rounds: number;
  /** ms that a row is measured in one process, after a third of it to warm up. */
  readonly ms: number;
}

/** The sizes. */
export const FULL: ActorRunSizes = Object.freeze({
  rounds: 3,
  ms: 1_000,
  batch: 100_000,
  senders: 1_000,
  each: 100,
  ring: 1_000,
  spawned: 1_000,
  idle: 1_000_000,
  restarted: 100_000,
});

/** Every row in small: shows that the programs work, says nothing about speed. */
export const SHORT: ActorRunSizes = Object.freeze({
  rounds: 1,
  ms: 5,
  batch: 200,
  senders: 20,
  each: 10,
  ring: 20,
  spawned: 20,
  idle: 2_000,
  restarted: 1_500,
});
