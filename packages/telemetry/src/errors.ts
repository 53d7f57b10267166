/** What an error of telemetry kills: the call that met it, no more. */
export type TelemetryErrorScope = 'call';

interface TelemetryErrorKind {
  readonly sentence: string;
  readonly scope: TelemetryErrorScope;
  readonly retryable: boolean;
}

/** Every code of a {@link TelemetryError}. */
export const telemetryErrors = Object.freeze({
  bad_option: { sentence: 'an option has a bad value', scope: 'call', retryable: false },
  bad_rule: { sentence: 'an alert rule is wrong', scope: 'call', retryable: false },
  bad_silence: { sentence: 'a silence is wrong', scope: 'call', retryable: false },
  unknown_silence: { sentence: 'there is no silence of this id', scope: 'call', retryable: false },
  too_many_silences: { sentence: 'there are too many silences', scope: 'call', retryable: true },
} satisfies Record<string, TelemetryErrorKind>);

export type TelemetryErrorCode = keyof typeof telemetryErrors;

/** The only kind of error that this package throws; `code` is stable, the message is not. */
export class TelemetryError extends Error {
  override readonly name = 'TelemetryError';
  readonly code: TelemetryErrorCode;
  readonly scope: TelemetryErrorScope;
  readonly retryable: boolean;

  constructor(code: TelemetryErrorCode, detail = '', cause?: unknown) {
    const kind = telemetryErrors[code];
    super(detail === '' ? kind.sentence : `${kind.sentence}: ${detail}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.scope = kind.scope;
    this.retryable = kind.retryable;
  }
}
