/** Whether a callback returned something to wait for. Asked only when it returned something new, so that the usual handler pays nothing. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
