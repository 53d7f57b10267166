import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { TelemetryClock } from '../clock.js';

/** What an endpoint said: a status, or why there is none. */
export type PostResult = { readonly status: number } | { readonly error: string };

/** A request under way. */
export interface Post {
  readonly result: Promise<PostResult>;
  abort(): void;
}

export interface PostOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly clock: TelemetryClock;
}

/** Sends one JSON document. Never rejects; follows no redirects. */
export function postJson(url: URL, document: unknown, { headers, timeoutMs, clock }: PostOptions): Post {
  const body = Buffer.from(JSON.stringify(document));
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const outgoing = request(url, {
    method: 'POST',
    agent: false,
    headers: { ...headers, 'content-type': 'application/json', 'content-length': body.length },
  });
  const abort = (why: string) => () => void outgoing.destroy(new Error(why));
  const cancel = clock.after(timeoutMs, abort(`no answer within ${timeoutMs} ms`));
  const result = new Promise<PostResult>((resolve) => {
    outgoing.on('error', ({ message }) => resolve({ error: message }));
    outgoing.on('response', (response) => {
      response.resume();
      response.on('error', ({ message }) => resolve({ error: message }));
      response.on('end', () => resolve({ status: response.statusCode ?? 0 }));
    });
    outgoing.end(body);
  });
  return { result: result.finally(cancel), abort: abort('closed') };
}
