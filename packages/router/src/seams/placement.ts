/** Users fall into this many partitions by hash; the number is fixed when a data directory is made. */
export const PARTITIONS = 64;

/** Name of a node, unique in its cluster. */
export type NodeId = string;

/** Which node owns a partition. Changed with a fence: an owner with an older epoch than the current one must not write. */
export interface Placement {
  readonly self: NodeId;
  /** Owner of partition 0 to 63. @throws RangeError for another number */
  ownerOf(partition: number): NodeId;
  /** Raised at each change of owner; never lower than before. */
  epochOf(partition: number): number;
  /** Calls `listener` after a change of owner; returns what ends that. */
  onChange(listener: (partition: number, owner: NodeId, epoch: number) => void): () => void;
}

/** One node: it owns all partitions, for ever. */
export class SingleNodePlacement implements Placement {
  readonly self: NodeId;

  constructor(self: NodeId) {
    this.self = self;
  }

  ownerOf(partition: number): NodeId {
    checkPartition(partition);
    return this.self;
  }

  epochOf(partition: number): number {
    checkPartition(partition);
    return 1;
  }

  onChange(): () => void {
    return () => {};
  }
}

function checkPartition(partition: number): void {
  if (!Number.isInteger(partition) || partition < 0 || partition >= PARTITIONS) {
    throw new RangeError(`a partition is a whole number from 0 to ${PARTITIONS - 1}, not ${partition}`);
  }
}
