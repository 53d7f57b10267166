import type { z } from 'zod';
import { configSchema } from './schema.js';

/** One option of the configuration, as people and the other modules of this folder need to see it. */
export interface ConfigKey {
  /** Dotted name, e.g. `privacy.clearNames`. */
  readonly key: string;
  /** Environment variable that sets it, e.g. `MAILBEAM_PRIVACY_CLEAR_NAMES`. */
  readonly variable: string;
  readonly kind: ConfigKind;
  readonly default: unknown;
  /** What the default depends on, where it is not a constant; else ''. */
  readonly defaultNote: string;
  /** Unit of a number; else ''. */
  readonly unit: string;
  /** What is allowed, in words: `a whole number from 0 to 65535`. */
  readonly allowed: string;
  readonly description: string;
  /** Checks a value of this key alone. */
  accepts(value: unknown): boolean;
  /** What is wrong inside of a value that is not accepted, and where; '' of values that have no inside. */
  problemIn(value: unknown): string;
}

/** What kind of value an option takes. */
export type ConfigKind = 'integer' | 'number' | 'boolean' | 'choice' | 'text' | 'list' | 'rules';

/** Every key, in the order of the schema. */
export const configKeys: readonly ConfigKey[] = Object.freeze(keysOf(configSchema, []));

const byName = new Map(configKeys.map((key) => [key.key, key]));

/** The key of that dotted name, if there is one. */
export function configKey(name: string): ConfigKey | undefined {
  return byName.get(name);
}

/** True for the name of a group of keys, such as `limits`. */
export function isConfigGroup(name: string): boolean {
  return configKeys.some((key) => key.key.startsWith(`${name}.`));
}

/** `privacy.clearNames` to `MAILBEAM_PRIVACY_CLEAR_NAMES`. */
export function variableOf(key: string): string {
  return `MAILBEAM_${key.replace(/\./g, '_').replace(/([a-z0-9])([A-Z])/g, '$1_$2')}`.toUpperCase();
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** What this folder uses of zod's introspection. */
interface Introspected {
  readonly def: {
    readonly type: string;
    readonly innerType?: Introspected;
    readonly element?: Introspected;
    readonly defaultValue?: unknown;
  };
  readonly shape?: Readonly<Record<string, Introspected>>;
  readonly minValue?: number | null;
  readonly maxValue?: number | null;
  /** Of a number: which, where not all are allowed. */
  readonly format?: string | null;
  readonly options?: readonly string[];
  meta(): Readonly<Record<string, unknown>> | undefined;
  safeParse(value: unknown): {
    readonly success: boolean;
    readonly error?: { readonly issues: readonly Issue[] };
  };
}

function keysOf(schema: z.ZodType | Introspected, path: readonly string[]): ConfigKey[] {
  const outer = schema as unknown as Introspected;
  const inner = outer.def.innerType ?? outer;
  if (inner.def.type === 'object') {
    return Object.entries(inner.shape ?? {}).flatMap(([name, member]) => keysOf(member, [...path, name]));
  }
  const key = path.join('.');
  const kind = kindOf(inner);
  return [
    Object.freeze({
      key,
      variable: variableOf(key),
      kind,
      default: outer.def.defaultValue,
      defaultNote: metaText(outer, 'defaultNote'),
      unit: metaText(outer, 'unit'),
      allowed: metaText(outer, 'allowed') || allowedBy(inner, kind),
      description: metaText(outer, 'description'),
      accepts: (value: unknown) => value !== undefined && inner.safeParse(value).success,
      problemIn: (value: unknown) => (kind === 'rules' ? firstProblem(inner, value) : ''),
    }),
  ];
}

function firstProblem(leaf: Introspected, value: unknown): string {
  const issue = leaf.safeParse(value).error?.issues[0];
  if (issue === undefined) return '';
  const where = issue.path.map(String).join('.');
  return where === '' ? issue.message : `${where}: ${issue.message}`;
}

function kindOf(leaf: Introspected): ConfigKind {
  switch (leaf.def.type) {
    case 'number':
      return leaf.format === 'safeint' ? 'integer' : 'number';
    case 'boolean':
      return 'boolean';
    case 'enum':
      return 'choice';
    case 'string':
      return 'text';
    case 'array':
      return leaf.def.element?.def.type === 'object' ? 'rules' : 'list';
    default:
      throw new Error(`config schema: no kind for ${leaf.def.type}`);
  }
}

function allowedBy(leaf: Introspected, kind: ConfigKind): string {
  switch (kind) {
    case 'integer':
      return `a whole number from ${leaf.minValue ?? '-'} to ${leaf.maxValue ?? '-'}`;
    case 'number':
      return `a number from ${leaf.minValue ?? '-'} to ${leaf.maxValue ?? '-'}`;
    case 'boolean':
      return 'true or false';
    case 'choice': {
      const options = (leaf.options ?? []).map((option) => `"${option}"`);
      return options.length === 1 ? `only ${options[0]}` : `one of ${options.join(', ')}`;
    }
    case 'text':
      return 'a text';
    case 'list':
      return 'a list of texts';
    case 'rules':
      return 'a list of rules';
  }
}

function metaText(schema: Introspected, name: string): string {
  const value = schema.meta()?.[name];
  return typeof value === 'string' ? value : '';
}
