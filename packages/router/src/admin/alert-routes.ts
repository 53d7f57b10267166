import { alertJson, mailboxClasses, TelemetryError } from '@mailbeam/telemetry';
import type {
  AlertJson,
  AlertLevel,
  Silence,
  SilenceRequest,
  Telemetry,
  TelemetryErrorCode,
} from '@mailbeam/telemetry';
import { z } from 'zod';
import type { AdminAnswer, AdminRoute } from './admin-server.js';
import { alertStream } from './alert-stream.js';

const statuses: Partial<Record<TelemetryErrorCode, number>> = {
  bad_rule: 400,
  bad_silence: 400,
  unknown_silence: 404,
  too_many_silences: 429,
};

const silenceSchema = z
  .strictObject({
    rule: z.string().max(256).optional(),
    mailbox: z.string().max(256).optional(),
    class: z.enum(mailboxClasses).optional(),
    until: z.number().optional(),
    forMs: z.number().min(1).optional(),
    by: z.string().max(256).optional(),
    comment: z.string().max(1_000).optional(),
  })
  .refine(({ until, forMs }) => (until === undefined) !== (forMs === undefined), 'needs `until` or `forMs`');

/** What fires and is told, and what is not to be told. */
export interface AlertsView {
  readonly worst: AlertLevel;
  readonly alerts: readonly AlertJson[];
  readonly silences: readonly Silence[];
}

/** What these routes need of a node. */
export interface AlertsHost {
  readonly telemetry: Telemetry;
  /** Ms since the epoch. */
  readonly wall: () => number;
  /** An operator has changed what is told: a sentence for the log. */
  readonly onChange: (text: string, fields: object) => void;
}

/** Alerts that fire, as a list and as they change; their rules, and silences. What is changed here is forgotten when the node ends. */
export function alertRoutes({ telemetry, wall, onChange }: AlertsHost): AdminRoute[] {
  const { alerts } = telemetry;
  return [
    {
      method: 'GET',
      path: '/alerts',
      handle() {
        const view: AlertsView = {
          worst: alerts.worst,
          alerts: alerts.alerts().map(alertJson),
          silences: alerts.silences(wall()),
        };
        return ok(view);
      },
    },
    {
      method: 'GET',
      path: '/alerts/stream',
      handle: (_params, _query, _body, headers) =>
        alertStream(telemetry, headers['last-event-id']) ??
        refused(429, 'too_many_followers', 'too many follow already'),
    },
    { method: 'GET', path: '/alerts/rules', handle: () => ok({ rules: alerts.rules }) },
    {
      method: 'PUT',
      path: '/alerts/rules',
      handle: (_params, _query, { rules, ...others }) => {
        const [unknown] = Object.keys(others);
        if (unknown !== undefined) return refused(400, 'bad_rule', `${unknown} is not known: send { "rules": [...] }`);
        return answer(200, () => {
          alerts.setRules(rules);
          onChange('an operator changed the alert rules', { rules: alerts.rules.map(({ name }) => name) });
          return { rules: alerts.rules };
        });
      },
    },
    { method: 'GET', path: '/alerts/silences', handle: () => ok({ silences: alerts.silences(wall()) }) },
    {
      method: 'POST',
      path: '/alerts/silences',
      handle: (_params, _query, body) =>
        answer(201, () => {
          const silence = alerts.silence(silenceOf(body, wall()), wall());
          // its pattern and comment may name users as they are
          const { id, until, rule, class: className } = silence;
          onChange('an operator silenced alerts', { silence: id, until, rule, class: className });
          return silence;
        }),
    },
    {
      method: 'DELETE',
      path: '/alerts/silences/:id',
      handle: ({ id = '' }) =>
        answer(200, () => {
          alerts.endSilence(id);
          onChange('an operator ended a silence', { silence: id });
          return { ended: id };
        }),
    },
  ];
}

/** @throws TelemetryError `bad_silence` */
function silenceOf(body: unknown, wall: number): SilenceRequest {
  const result = silenceSchema.safeParse(body);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new TelemetryError('bad_silence', `${issue!.path.map(String).join('.')} ${issue!.message}`.trim());
  }
  const { until, forMs = 0, ...what } = result.data;
  const said = Object.fromEntries(Object.entries(what).filter(([, value]) => value !== undefined));
  return { ...said, until: until ?? wall + forMs };
}

function answer(status: number, ask: () => unknown): AdminAnswer {
  try {
    return { status, body: ask() };
  } catch (error) {
    if (!(error instanceof TelemetryError)) throw error;
    return refused(statuses[error.code] ?? 500, error.code, error.message);
  }
}

function ok(body: unknown): AdminAnswer {
  return { status: 200, body };
}

function refused(status: number, error: string, detail: string): AdminAnswer {
  return { status, body: { error, detail } };
}
