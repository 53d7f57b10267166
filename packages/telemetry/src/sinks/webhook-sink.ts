import { createHash } from 'node:crypto';
import type { Alert, AlertEvent } from '../alerts/alert.js';
import type { Cancel } from '../clock.js';
import type { AlertSink } from './alert-sink.js';
import { annotationsOf, labelsOf, timeText } from './alertmanager-form.js';
import type { AlertLabels, FormOptions } from './alertmanager-form.js';
import { Endpoint } from './endpoint.js';
import type { EndpointOptions } from './endpoint.js';

export interface WebhookOptions extends EndpointOptions, FormOptions {
  /** Name of the receiver in the payload. Default `mailbeam`. */
  readonly receiver?: string;
  /** Events that wait at most; past it the oldest is dropped. Default 1,000. */
  readonly maxQueue?: number;
  /** How often one is tried. Default 10: for about five minutes. */
  readonly maxAttempts?: number;
}

const MAX_QUEUE = 1_000;
const MAX_ATTEMPTS = 10;
const NO_END = '0001-01-01T00:00:00Z';

/**
 * Sends each change as Alertmanager sends it to a webhook (payload version 4), in order, one at a time; what fails is
 * tried again, what is refused (status 3xx or 4xx) is dropped.
 */
export class WebhookSink implements AlertSink {
  readonly name = 'webhook';
  readonly #options: WebhookOptions;
  readonly #endpoint: Endpoint;
  readonly #maxQueue: number;
  readonly #maxAttempts: number;
  readonly #queue: object[] = [];
  /** What was told to fire, by id. */
  readonly #firing = new Map<string, Alert>();
  #attempts = 0;
  #isClosed = false;
  #isSending = false;
  /** Ends when nothing is under way. */
  #sending: Promise<void> = Promise.resolve();
  #retry: Cancel | null = null;

  /** @throws TelemetryError `bad_option` */
  constructor(options: WebhookOptions) {
    this.#options = options;
    this.#endpoint = new Endpoint(options);
    this.#maxQueue = options.maxQueue ?? MAX_QUEUE;
    this.#maxAttempts = options.maxAttempts ?? MAX_ATTEMPTS;
  }

  tell(event: AlertEvent): void {
    if (this.#isClosed) return;
    // the first is under way or waits to be tried again: the oldest after it goes
    if (this.#queue.length >= this.#maxQueue) {
      this.#queue.splice(Math.min(1, this.#queue.length - 1), 1);
      this.#endpoint.report({ sink: this.name, outcome: 'dropped', alerts: 1, reason: 'the queue is full' });
    }
    const { type, alert } = event;
    this.#queue.push(webhookPayload(event, this.#options, this.#firing.get(alert.id)));
    if (type === 'firing') this.#firing.set(alert.id, alert);
    else this.#firing.delete(alert.id);
    this.#send();
  }

  #send(): void {
    if (this.#isSending || this.#retry !== null || this.#isClosed) return;
    this.#isSending = true;
    this.#sending = this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    for (let next = this.#queue[0]; next !== undefined && !this.#isClosed; next = this.#queue[0]) {
      const verdict = await this.#endpoint.send(next);
      const isGivenUp =
        verdict.outcome !== 'ok' && (verdict.outcome === 'refused' || ++this.#attempts >= this.#maxAttempts);
      if (verdict.outcome === 'failed' && !isGivenUp) {
        this.#later();
        return this.#endpoint.report({ sink: this.name, outcome: 'retry', alerts: 1, reason: verdict.reason });
      }
      const at = this.#queue.indexOf(next);
      if (at >= 0) this.#queue.splice(at, 1);
      this.#attempts = 0;
      if (verdict.outcome === 'ok') this.#endpoint.report({ sink: this.name, outcome: 'delivered', alerts: 1 });
      else this.#endpoint.report({ sink: this.name, outcome: 'dropped', alerts: 1, reason: verdict.reason });
    }
    this.#isSending = false;
  }

  #later(): void {
    this.#isSending = false;
    if (this.#isClosed) return;
    this.#retry = this.#endpoint.clock.after(this.#endpoint.retryMs, () => {
      this.#retry = null;
      this.#send();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#retry?.();
    this.#endpoint.abort();
    await this.#sending;
  }
}

interface WebhookAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: AlertLabels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  /** What a receiver knows it by. */
  readonly fingerprint: string;
}

/**
 * One change in Alertmanager's webhook payload, version 4.
 * @param before the same alert as it was told last: with another severity it is another alert there, and that one has ended
 */
export function webhookPayload(event: AlertEvent, options: WebhookOptions, before?: Alert): object {
  const { type, alert } = event;
  const hasAnother = type === 'firing' && before !== undefined && before.severity !== alert.severity;
  const ended: AlertEvent[] = hasAnother ? [{ type: 'resolved', alert: { ...before, at: alert.at } }] : [];
  const alerts = [...ended, event].map((one) => webhookAlert(one, options));
  return {
    version: '4',
    groupKey: `{}:{alertname="${alert.rule}"}`,
    truncatedAlerts: 0,
    status: type === 'firing' ? 'firing' : 'resolved',
    receiver: options.receiver ?? 'mailbeam',
    groupLabels: { alertname: alert.rule },
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    externalURL: options.externalUrl ?? '',
    alerts,
  };
}

function webhookAlert(event: AlertEvent, options: WebhookOptions): WebhookAlert {
  const { alert } = event;
  const labels = labelsOf(alert, options);
  const status = event.type === 'firing' ? 'firing' : 'resolved';
  return {
    status,
    labels,
    annotations: annotationsOf(event),
    startsAt: timeText(alert.since),
    endsAt: status === 'firing' ? NO_END : timeText(alert.at),
    generatorURL: options.externalUrl ?? '',
    fingerprint: createHash('sha256').update(JSON.stringify(labels)).digest('hex').slice(0, 16),
  };
}

/** What all of them say alike. */
function common([first = {}, ...others]: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(first).filter(([key, value]) => others.every((other) => other[key] === value)),
  );
}
