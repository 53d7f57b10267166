import { z } from 'zod';
import { TelemetryError } from '../errors.js';
import { mailboxClasses } from '../mailbox-class.js';
import { subjectOfLevel } from './alert-rule.js';
import type { AlertRule, Level } from './alert-rule.js';

/** Alert rules as a configuration says them. Unknown keys are refused. */

const MAX_RULES = 200;
const number = z.number().min(0).max(1e12);

const threshold = z
  .union([number, z.strictObject({ above: number, clear: number })])
  .transform((given) => (typeof given === 'number' ? { above: given, clear: given / 2 } : given))
  .refine(({ above, clear }) => clear <= above && above > 0, 'clear must not be above `above`, and that not 0');

const level = z
  .strictObject({
    depth: threshold.optional(),
    growth: threshold.optional(),
    oldestSeconds: threshold.optional(),
    stalledSeconds: threshold.optional(),
    drainSeconds: threshold.optional(),
    restarts: threshold.optional(),
    switchedOff: threshold.optional(),
  })
  .refine((conditions) => Object.keys(conditions).length > 0, 'needs a condition')
  .refine(
    (conditions) => subjectOfLevel(conditions) === 'mailboxes' || Object.keys(conditions).length === 1,
    'restarts are of a behaviour, switchedOff of an interceptor, the other conditions of a mailbox: they cannot be joined',
  );

/** One rule. */
export const alertRuleSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,63}$/)
      .meta({ description: 'Name of the rule: in alerts, silences and metrics.' }),
    summary: z.string().max(200).default('').meta({ description: 'What it means when it fires, in a sentence.' }),
    classes: z
      .array(z.enum(mailboxClasses))
      .min(1)
      .default(['session', 'service', 'group', 'system'])
      .meta({ description: 'Classes of mailboxes. That people who are away have mail is normal.' }),
    mailboxes: z
      .string()
      .min(1)
      .max(256)
      .default('*')
      .meta({ description: 'Pattern of names; `*` stands for anything.' }),
    warning: level.optional(),
    critical: level.optional(),
    forSeconds: z.number().min(0).max(86_400).default(10).meta({ unit: 's' }),
    clearForSeconds: z.number().min(0).max(86_400).default(30).meta({ unit: 's' }),
  })
  .refine((rule) => rule.warning !== undefined || rule.critical !== undefined, 'needs `warning` or `critical`')
  .refine(
    ({ warning, critical }) => !warning || !critical || subjectOfLevel(warning) === subjectOfLevel(critical),
    'restarts are of a behaviour, switchedOff of an interceptor: `warning` and `critical` must look at the same',
  );

export const alertRulesSchema = z
  .array(alertRuleSchema)
  .max(MAX_RULES)
  .refine((rules) => new Set(rules.map(({ name }) => name)).size === rules.length, 'two rules have the same name');

/** A rule as it may be written. */
export type AlertRuleInput = z.input<typeof alertRuleSchema>;

/** Checks rules and fills in their defaults. @throws TelemetryError `bad_rule`, saying where */
export function parseRules(given: unknown): AlertRule[] {
  const result = alertRulesSchema.safeParse(given);
  if (result.success) return result.data.map(toRule);
  const [issue] = result.error.issues;
  const where = issue!.path.map(String).join('.');
  throw new TelemetryError('bad_rule', where === '' ? issue!.message : `${where}: ${issue!.message}`);
}

function toRule({ warning, critical, ...rule }: z.output<typeof alertRuleSchema>): AlertRule {
  return { ...rule, ...(warning && { warning: toLevel(warning) }), ...(critical && { critical: toLevel(critical) }) };
}

function toLevel(given: NonNullable<z.output<typeof alertRuleSchema>['warning']>): Level {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Level;
}
