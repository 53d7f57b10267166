import type { TextStyle } from '../output.js';

/** How far a message of ours has come. */
export type Stage = 'sending' | 'accepted' | 'delivered' | 'read' | 'rejected' | 'failed';

/** The sign of a stage, two columns wide, and its style. */
export interface Tick {
  readonly sign: string;
  readonly style: TextStyle | undefined;
}

const ticks: Readonly<Record<Stage, Tick>> = {
  sending: { sign: '… ', style: 'dim' },
  accepted: { sign: '· ', style: undefined },
  delivered: { sign: '✓ ', style: undefined },
  read: { sign: '✓✓', style: 'cyan' },
  rejected: { sign: '✗ ', style: 'red' },
  failed: { sign: '✗ ', style: 'red' },
};

export function tickOf(stage: Stage): Tick {
  return ticks[stage];
}

const order: readonly Stage[] = ['sending', 'accepted', 'delivered', 'read', 'rejected', 'failed'];

/** The later of two stages: receipts may come before the answer that they include. */
export function laterStage(a: Stage, b: Stage): Stage {
  return order.indexOf(a) >= order.indexOf(b) ? a : b;
}
