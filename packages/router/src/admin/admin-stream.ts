import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** An answer that goes on until its source ends or whoever asked has gone. */
export interface AdminStream {
  readonly status: number;
  /** The `Content-Type`. */
  readonly type: string;
  /** @param gone aborted when nobody listens any more: the source then ends, and lets go of what it holds */
  chunks(gone: AbortSignal): AsyncIterable<string>;
}

/** A stream of values, one JSON text a line (NDJSON). */
export function jsonLines(lines: (gone: AbortSignal) => AsyncIterable<unknown>): AdminStream {
  return {
    status: 200,
    type: 'application/x-ndjson; charset=utf-8',
    async *chunks(gone) {
      for await (const line of lines(gone)) yield `${JSON.stringify(line)}\n`;
    },
  };
}

/** Sends a stream chunk by chunk. A client that does not read holds its source back, not the memory of the node. */
export function sendStream(res: ServerResponse, stream: AdminStream): void {
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  if (res.destroyed) gone.abort(); // it went before there was anything to send
  res.writeHead(stream.status, {
    'Content-Type': stream.type,
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  });
  res.flushHeaders();
  pour(stream, res, gone.signal).then(
    () => res.end(),
    () => res.destroy(), // cut off: a client can tell it from an end
  );
}

async function pour(stream: AdminStream, res: ServerResponse, gone: AbortSignal): Promise<void> {
  for await (const chunk of stream.chunks(gone)) {
    if (gone.aborted) return;
    if (!res.write(chunk)) await once(res, 'drain', { signal: gone }).catch(() => undefined);
  }
}
