/** Every way in which starting or asking a router fails. Scope: the whole node, unless said otherwise. */
export const routerErrors = Object.freeze({
  socket_library: 'the socket library does not load on this system',
  port_in_use: 'the port cannot be bound',
  open_mode_exposed: 'auth.mode "open" was to be reached from other machines',
  store_unavailable: 'the data directory cannot be opened',
  store_in_use: 'another process has the store open',
  store_corrupt: 'the store is damaged',
  store_missing: 'the data directory says that there was a store, and there is none',
  format_old: 'the store is of an older version',
  format_unknown: 'the store is of a version that is not known',
});

export type RouterErrorCode = keyof typeof routerErrors;

/** A broken promise of the router, with a stable code and a sentence that says what to do. */
export class RouterError extends Error {
  readonly code: RouterErrorCode;

  constructor(code: RouterErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RouterError';
    this.code = code;
  }
}
