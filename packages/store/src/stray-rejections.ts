/**
 * A failed commit of LMDB also rejects a promise that it hands to nobody, which by Node's default ends the process. While
 * a store is open such rejections, and no others, are dropped: the failure reaches the caller of `commit` anyway.
 */
let openStores = 0;

export function ignoreStrayRejections(): void {
  openStores += 1;
  if (openStores === 1) process.on('unhandledRejection', onUnhandledRejection);
}

export function heedStrayRejections(): void {
  openStores -= 1;
  if (openStores === 0) process.off('unhandledRejection', onUnhandledRejection);
}

function onUnhandledRejection(reason: unknown): void {
  if (typeof reason === 'object' && reason !== null && 'commitError' in reason) {
    (reason.commitError as Promise<unknown>).catch(() => undefined);
    return;
  }
  // Nobody else listens: do what Node does without any listener.
  if (process.listenerCount('unhandledRejection') === 1) throw reason;
}
