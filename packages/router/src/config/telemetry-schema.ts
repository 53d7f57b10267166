import { alertDefaults, alertRulesSchema, defaultRules, topDefaults } from '@mailbeam/telemetry/rules';
import { z } from 'zod';

/** The part of the schema that is about statistics, metrics, alerts and traces. */

const isHttpOrNone = (text: string): boolean =>
  text === '' || (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol));

const address = (): z.ZodString => z.string().max(2_048).refine(isHttpOrNone);
const allowedAddress = 'an http: or https: address, or "" for none';

export const telemetrySchema = z.strictObject({
  statistics: z.boolean().default(true).meta({
    description:
      'Keep depth, age and rates of every mailbox. Without them no mailbox is ranked or alerted about, and /metrics has no figures of mailboxes.',
  }),
  top: z.int().min(0).max(1_000).default(topDefaults.top).meta({
    unit: 'mailboxes',
    description: 'So many of the deepest mailboxes of each class have series of their own in /metrics.',
  }),
  topFloor: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(topDefaults.topFloor)
    .meta({ unit: 'messages', description: 'A mailbox with fewer messages has no series of its own.' }),
  recordedHours: z.int().min(0).max(168).default(24).meta({
    unit: 'hours',
    description:
      'So much of the activity, second by second, is kept in the data directory for `mailbeam sar`, about 3.3 MB an hour; 0 = none.',
  }),
});

export const alertsSchema = z.strictObject({
  rules: alertRulesSchema
    .default(() => alertRulesSchema.parse(defaultRules))
    .meta({
      description:
        'The alert rules, all of them: see [alert rules](operations.md#alert-rules). What an operator sets while the router runs takes their place until it is reset, also after a restart. In the variable they are JSON.',
      defaultNote: 'the seven rules of docs/operations.md',
      allowed: 'a list of alert rules',
    }),
  groupAbove: z.int().min(1).max(1_000).default(alertDefaults.groupAbove).meta({
    unit: 'mailboxes',
    description: 'When more mailboxes fire by one rule, those that come on top are told as one alert.',
  }),
  unready: z.boolean().default(false).meta({
    description: 'Let /readyz fail while an alert is critical.',
  }),
  alertmanager: address().default('').meta({
    description: 'Alertmanager that alerts are sent to, without the path of its interface: http://127.0.0.1:9093.',
    allowed: allowedAddress,
  }),
  webhook: address().default('').meta({
    description: 'Where every change of an alert is posted to, in the payload of the webhooks of Alertmanager.',
    allowed: allowedAddress,
  }),
  instance: z.string().max(256).default('').meta({
    description: 'Name of this router in alerts, their label `instance`.',
    defaultNote: 'host name and port',
    allowed: 'a text',
  }),
  externalUrl: address().default('').meta({
    description: 'Where an operator looks, for links in alerts.',
    allowed: allowedAddress,
  }),
});

export const tracesSchema = z.strictObject({
  endpoint: address().default('').meta({
    description:
      'Collector that traces are sent to, by OTLP over HTTP: http://127.0.0.1:4318/v1/traces. Without one nothing can be traced.',
    allowed: allowedAddress,
  }),
  sample: z.number().min(0).max(1).default(0.001).meta({
    unit: 'share of the SENDs',
    description:
      'So many of the messages are traced, chosen at random, where there is an `endpoint`. `mailbeam traces` changes it while the router runs.',
  }),
  perSecond: z.int().min(1).max(10_000).default(20).meta({
    unit: 'messages a second',
    description: 'Most messages that are chosen in a second, whatever `sample` says.',
  }),
  open: z.int().min(1).max(1_000_000).default(4_096).meta({
    unit: 'messages',
    description:
      'Most traced messages that are followed at a time; past it the oldest is let go: what has not ended of it ends then.',
  }),
  queue: z.int().min(1).max(1_000_000).default(4_096).meta({
    unit: 'spans',
    description: 'Most spans that wait for the collector; more are dropped and counted.',
  }),
  timeoutMs: z.int().min(100).max(60_000).default(10_000).meta({
    unit: 'ms',
    description: 'A request that the collector has not answered by then, retries included, is given up.',
  }),
});
