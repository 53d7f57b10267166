import { TelemetryError } from '../errors.js';
import { systemClock } from '../clock.js';
import type { TelemetryClock } from '../clock.js';
import type { Delivery } from './alert-sink.js';
import { postJson } from './post-json.js';
import type { Post } from './post-json.js';

/** An HTTP address that alerts are sent to. */
export interface EndpointOptions {
  /** http: or https:. */
  readonly url: string;
  /** Sent with every request, `authorization` for example. Default none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A request without an answer is given up after so long, ms. Default 10,000. */
  readonly timeoutMs?: number;
  /** Hears what became of every try. Default: nobody. */
  readonly onDelivery?: (delivery: Delivery) => void;
  /** Default: the machine's. */
  readonly clock?: TelemetryClock;
}

const TIMEOUT_MS = 10_000;
const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 60_000;

/** What became of a document: `refused` would be refused again. */
export type Verdict = { readonly outcome: 'ok' } | { readonly outcome: 'refused' | 'failed'; readonly reason: string };

/** Sends documents to one address, one at a time, and counts how long to wait after failures. */
export class Endpoint {
  readonly clock: TelemetryClock;
  readonly #url: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #timeoutMs: number;
  readonly #onDelivery: (delivery: Delivery) => void;
  #post: Post | null = null;
  #failures = 0;

  /** @throws TelemetryError `bad_option` for an address that is none */
  constructor(options: EndpointOptions, path = '') {
    const { url, headers = {}, timeoutMs = TIMEOUT_MS, onDelivery = () => undefined, clock = systemClock } = options;
    const parsed = parseUrl(path === '' ? url : `${url.replace(/\/+$/, '')}${path}`);
    if (parsed === null || !/^https?:$/.test(parsed.protocol))
      throw new TelemetryError('bad_option', `'${url}' is no http: or https: address`);
    this.#url = parsed;
    this.#headers = headers;
    this.#timeoutMs = timeoutMs;
    this.#onDelivery = onDelivery;
    this.clock = clock;
  }

  async send(document: unknown): Promise<Verdict> {
    this.#post = postJson(this.#url, document, {
      headers: this.#headers,
      timeoutMs: this.#timeoutMs,
      clock: this.clock,
    });
    const result = await this.#post.result;
    this.#post = null;
    if ('status' in result && result.status >= 200 && result.status < 300) {
      this.#failures = 0;
      return { outcome: 'ok' };
    }
    this.#failures++;
    if ('error' in result) return { outcome: 'failed', reason: result.error };
    const { status } = result;
    const isRefused = status >= 300 && status < 500 && status !== 408 && status !== 429;
    return { outcome: isRefused ? 'refused' : 'failed', reason: `status ${status}` };
  }

  /** Wait before the next try: 1 s after the first failure, doubling up to a minute. */
  get retryMs(): number {
    return Math.min(RETRY_MIN_MS * 2 ** Math.max(0, this.#failures - 1), RETRY_MAX_MS);
  }

  report(delivery: Delivery): void {
    this.#onDelivery(delivery);
  }

  /** Gives up the request under way. */
  abort(): void {
    this.#post?.abort();
  }
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
