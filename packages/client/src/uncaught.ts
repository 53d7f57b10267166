/** Throws an error by itself, as an uncaught one: where nobody can know what it means, and nothing may stop at it. */
export function uncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
