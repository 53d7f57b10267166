import type { IncomingMessage } from 'node:http';

/** Largest body that a route takes. */
const MAX_BYTES = 65_536;

/** What is wrong with a body: an HTTP status and a sentence. */
export class BadBody extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * The JSON object in the body of a request; {} where there is none. Only as `application/json`, which a page of another
 * origin cannot send without being asked first.
 * @throws BadBody 400, 413, 415
 */
export async function jsonBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new BadBody(413, `a body has at most ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  if (bytes === 0) return {};
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new BadBody(415, 'send the body as application/json');
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw new BadBody(400, `the body is not JSON: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadBody(400, 'the body is a JSON object');
  }
  return value as Record<string, unknown>;
}
