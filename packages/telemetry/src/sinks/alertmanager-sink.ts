import type { Alert, AlertEvent } from '../alerts/alert.js';
import type { Cancel } from '../clock.js';
import type { AlertSink } from './alert-sink.js';
import { annotationsOf, labelsOf, timeText } from './alertmanager-form.js';
import type { FormOptions, PostableAlert } from './alertmanager-form.js';
import { Endpoint } from './endpoint.js';
import type { EndpointOptions } from './endpoint.js';

export interface AlertmanagerOptions extends EndpointOptions, FormOptions {
  /** What fires is sent again so often, ms. Default 60,000. */
  readonly resendMs?: number;
  /** What fires now: what is sent again has the figures of then, not those of its begin. Default: as it was told. */
  readonly current?: () => readonly Alert[];
}

const RESEND_MS = 60_000;
/** Alertmanager takes what was not sent again for so many intervals as over. */
const ENDS_AFTER_RESENDS = 4;
/** Most alerts of one request, and most ended ones that wait to be told. */
const BATCH = 500;
const MAX_ENDED = 10_000;

interface Active {
  alert: Omit<PostableAlert, 'endsAt'>;
  isDue: boolean;
}

/**
 * Alertmanager's interface v2, `POST /api/v2/alerts`: what fires is sent, sent again while it fires, and ended when it is
 * over. Nothing is lost when Alertmanager is away: what fires then is told when it is back, and so is what has ended.
 */
export class AlertmanagerSink implements AlertSink {
  readonly name = 'alertmanager';
  readonly #options: AlertmanagerOptions;
  readonly #endpoint: Endpoint;
  readonly #resendMs: number;
  /** By id. */
  readonly #active = new Map<string, Active>();
  #ended: PostableAlert[] = [];
  #isClosed = false;
  #isSending = false;
  /** Ends when nothing is under way. */
  #sending: Promise<void> = Promise.resolve();
  #retry: Cancel | null = null;
  #resend: Cancel | null = null;

  /** @throws TelemetryError `bad_option` */
  constructor(options: AlertmanagerOptions) {
    this.#options = options;
    this.#endpoint = new Endpoint(options, '/api/v2/alerts');
    this.#resendMs = options.resendMs ?? RESEND_MS;
  }

  tell(event: AlertEvent): void {
    if (this.#isClosed) return;
    const { alert } = event;
    const { externalUrl } = this.#options;
    const posted = {
      labels: labelsOf(alert, this.#options),
      annotations: annotationsOf(event),
      startsAt: timeText(alert.since),
      ...(externalUrl !== undefined && { generatorURL: externalUrl }),
    };
    const before = this.#active.get(alert.id)?.alert;
    if (event.type === 'firing') {
      // with another severity it is another alert there
      if (before !== undefined && before.labels['severity'] !== alert.severity) this.#end(before, alert.at);
      this.#active.set(alert.id, { alert: posted, isDue: true });
    } else {
      this.#active.delete(alert.id);
      this.#end(before ?? posted, alert.at);
    }
    this.#send();
  }

  #end(alert: Omit<PostableAlert, 'endsAt'>, at: number): void {
    if (this.#ended.length === MAX_ENDED) {
      this.#ended.shift();
      this.#endpoint.report({ sink: this.name, outcome: 'dropped', alerts: 1, reason: 'too many have ended' });
    }
    this.#ended.push({ ...alert, endsAt: timeText(at) });
  }

  #send(): void {
    if (this.#isSending || this.#retry !== null || this.#isClosed) return;
    this.#isSending = true;
    this.#sending = this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    while (!this.#isClosed) {
      const ended = this.#ended.slice(0, BATCH);
      const firing = [...this.#active.values()].filter(({ isDue }) => isDue).slice(0, BATCH - ended.length);
      if (ended.length + firing.length === 0) break;
      for (const one of firing) one.isDue = false;
      const endsAt = timeText(this.#endpoint.clock.wall() + ENDS_AFTER_RESENDS * this.#resendMs);
      const verdict = await this.#endpoint.send([...ended, ...firing.map(({ alert }) => ({ ...alert, endsAt }))]);
      const delivery = { sink: this.name, alerts: ended.length + firing.length };
      if (verdict.outcome === 'failed') {
        for (const one of firing) one.isDue = true;
        this.#later();
        return this.#endpoint.report({ ...delivery, outcome: 'retry', reason: verdict.reason });
      }
      this.#ended = this.#ended.filter((one) => !ended.includes(one));
      if (verdict.outcome === 'ok') this.#endpoint.report({ ...delivery, outcome: 'delivered' });
      else this.#endpoint.report({ ...delivery, outcome: 'dropped', reason: verdict.reason });
    }
    this.#isSending = false;
    this.#armResend();
  }

  #later(): void {
    this.#isSending = false;
    if (this.#isClosed) return;
    this.#retry = this.#endpoint.clock.after(this.#endpoint.retryMs, () => {
      this.#retry = null;
      this.#send();
    });
  }

  #armResend(): void {
    if (this.#resend !== null || this.#active.size === 0 || this.#isClosed) return;
    this.#resend = this.#endpoint.clock.after(this.#resendMs, () => {
      this.#resend = null;
      this.#refresh();
      for (const one of this.#active.values()) one.isDue = true;
      this.#send();
    });
  }

  /** Takes new texts; what it is known by stays. */
  #refresh(): void {
    for (const alert of this.#options.current?.() ?? []) {
      const active = this.#active.get(alert.id);
      if (active === undefined || active.alert.labels['severity'] !== alert.severity) continue;
      active.alert = { ...active.alert, annotations: annotationsOf({ type: 'firing', alert }) };
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#retry?.();
    this.#resend?.();
    this.#endpoint.abort();
    await this.#sending;
  }
}
