/** The socket under a port, as much of it as a port needs. Every method is safe after the socket has closed. */
export interface ClientSocket {
  /** Writes one binary WebSocket message; `bytes` may be used again when it returns. */
  send(bytes: Uint8Array): void;
  /** Bytes that the peer has not taken yet. */
  readonly bufferedBytes: number;
  /** Sends what is buffered and a close frame. The port's `closed()` is called before it returns. */
  end(code: number, reason: string): void;
}
