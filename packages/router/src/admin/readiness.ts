/** Whether a node wants to be sent clients, and why not. */
export type Readiness = 'ready' | 'draining' | 'commits_stopped' | 'disk_full' | 'critical';

/** What readiness follows from. */
export interface ReadinessView {
  readonly draining: boolean;
  /** Commits that were flushed so far. */
  readonly commits: number;
  /** How many were flushed when the last one failed; null: none ever did. */
  readonly failedAt: number | null;
  /** Less than `store.reserve` is free. */
  readonly isTight: boolean;
  /** An alert is critical, and the configuration lets that count. */
  readonly isCritical: boolean;
}

/** A commit that failed is tried again until it is on disk: until then the disk is full, or gone. */
export function readiness({ draining, commits, failedAt, isTight, isCritical }: ReadinessView): Readiness {
  if (draining) return 'draining';
  if (failedAt !== null && failedAt === commits) return 'commits_stopped';
  if (isTight) return 'disk_full';
  return isCritical ? 'critical' : 'ready';
}
