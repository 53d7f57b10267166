import { alertJson, silenceTargetSchema, TelemetryError } from '@mailbeam/telemetry';
import type {
  AlertJson,
  AlertLevel,
  AlertRule,
  Silence,
  SilenceRequest,
  Telemetry,
  TelemetryErrorCode,
} from '@mailbeam/telemetry';
import { z } from 'zod';
import type { AlertSettings } from '../telemetry/alert-settings.js';
import type { AdminAnswer, AdminRoute } from './admin-server.js';
import { alertStream } from './alert-stream.js';

const statuses: Partial<Record<TelemetryErrorCode, number>> = {
  bad_rule: 400,
  bad_silence: 400,
  unknown_silence: 404,
  too_many_silences: 429,
};

const silenceSchema = silenceTargetSchema
  .extend({ until: z.number().optional(), forMs: z.number().min(1).optional() })
  .refine(({ until, forMs }) => (until === undefined) !== (forMs === undefined), 'needs `until` or `forMs`');

/** What fires and is told, and what is not to be told. */
export interface AlertsView {
  readonly worst: AlertLevel;
  readonly alerts: readonly AlertJson[];
  readonly silences: readonly Silence[];
}

/** The rules in force. */
export interface RulesView {
  readonly rules: readonly AlertRule[];
  /** Who set them. */
  readonly source: RulesSource;
}

export type RulesSource = 'configuration' | 'operator';

/** Whether a change is on disk for the next node; where it is not, it ends with this one. */
export interface Kept {
  readonly kept: boolean;
}

/** What these routes need of a node. */
export interface AlertsHost {
  readonly telemetry: Telemetry;
  /** The rules of the configuration. */
  readonly configured: unknown;
  /** Who set those that are in force when it starts. */
  readonly source: RulesSource;
  /** Keeps what operators set for the next node; resolves with false when that failed. */
  readonly keep: (settings: AlertSettings) => Promise<boolean>;
  /** Ms since the epoch. */
  readonly wall: () => number;
  /** An operator has changed what is told: a sentence for the log. */
  readonly onChange: (text: string, fields: object) => void;
}

/** Alerts that fire, as a list and as they change; their rules, and silences. */
export function alertRoutes({ telemetry, wall, onChange, keep, configured, ...host }: AlertsHost): AdminRoute[] {
  const { alerts } = telemetry;
  let { source } = host;
  const rulesView = (): RulesView => ({ rules: alerts.rules, source });
  const kept = async (): Promise<Kept> => {
    const rules = source === 'operator' ? alerts.rules : null;
    return { kept: await keep({ rules, silences: alerts.silences(wall()) }) };
  };
  const setRules = async (rules: unknown, by: RulesSource, text: string): Promise<RulesView & Kept> => {
    alerts.setRules(rules);
    source = by;
    onChange(text, { rules: alerts.rules.map(({ name }) => name) });
    return { ...rulesView(), ...(await kept()) };
  };
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
    { method: 'GET', path: '/alerts/rules', handle: () => ok(rulesView()) },
    {
      method: 'PUT',
      path: '/alerts/rules',
      handle: (_params, _query, { rules, ...others }) => {
        const [unknown] = Object.keys(others);
        if (unknown !== undefined) return refused(400, 'bad_rule', `${unknown} is not known: send { "rules": [...] }`);
        return answer(200, () => setRules(rules, 'operator', 'an operator changed the alert rules'));
      },
    },
    {
      method: 'DELETE',
      path: '/alerts/rules',
      handle: () =>
        answer(200, () => setRules(configured, 'configuration', 'an operator went back to the configured alert rules')),
    },
    { method: 'GET', path: '/alerts/silences', handle: () => ok({ silences: alerts.silences(wall()) }) },
    {
      method: 'POST',
      path: '/alerts/silences',
      handle: (_params, _query, body) =>
        answer(201, async () => {
          const silence = alerts.silence(silenceOf(body, wall()), wall());
          // its pattern and comment may name users as they are
          const { id, until, rule, class: className } = silence;
          onChange('an operator silenced alerts', { silence: id, until, rule, class: className });
          return { ...silence, ...(await kept()) };
        }),
    },
    {
      method: 'DELETE',
      path: '/alerts/silences/:id',
      handle: ({ id = '' }) =>
        answer(200, async () => {
          alerts.endSilence(id);
          onChange('an operator ended a silence', { silence: id });
          return { ended: id, ...(await kept()) };
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

async function answer(status: number, ask: () => Promise<object>): Promise<AdminAnswer> {
  try {
    return { status, body: await ask() };
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
