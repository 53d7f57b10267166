import { alertText } from '../alerts/alert-text.js';
import { alertJson } from '../alerts/alert-json.js';
import type { AlertEvent } from '../alerts/alert.js';
import type { AlertSink } from './alert-sink.js';

/** The part of a pino logger that is wanted here. */
export interface AlertLog {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** Writes alerts to the log: critical ones as errors, warnings as warnings, what is over as information. */
export class LogSink implements AlertSink {
  readonly name = 'log';
  readonly #log: AlertLog;

  constructor(log: AlertLog) {
    this.#log = log;
  }

  tell(event: AlertEvent): void {
    const fields = { event: `alert_${event.type}`, alert: alertJson(event.alert) };
    const text = alertText(event);
    if (event.type !== 'firing') this.#log.info(fields, text);
    else if (event.alert.severity === 'critical') this.#log.error(fields, text);
    else this.#log.warn(fields, text);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
