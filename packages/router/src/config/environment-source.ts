import type { ConfigProblem } from './config-error.js';
import { configKeys } from './config-key.js';
import type { ConfigKey } from './config-key.js';
import { nearestName } from './nearest-name.js';
import type { SourcedValue } from './source.js';

/** Variables with the prefix that are no keys: the command's own. */
export const reservedVariables = ['MAILBEAM_CONFIG', 'MAILBEAM_URL', 'MAILBEAM_TOKEN', 'MAILBEAM_ADMIN'] as const;

export interface EnvironmentReading {
  readonly values: readonly SourcedValue[];
  readonly problems: readonly ConfigProblem[];
}

/**
 * Reads the variables that begin with `MAILBEAM_`. An empty variable counts as not set; one that is neither a key nor
 * one of {@link reservedVariables} is a problem.
 */
export function readEnvironment(environment: Readonly<Record<string, string | undefined>>): EnvironmentReading {
  const values: SourcedValue[] = [];
  const problems: ConfigProblem[] = [];
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith('MAILBEAM_') || text === undefined || text === '') continue;
    if (reservedVariables.some((reserved) => reserved === variable)) continue;
    const key = configKeys.find((known) => known.variable === variable);
    if (key === undefined) {
      problems.push({ key: '', source: `environment variable ${variable}`, message: unknownVariable(variable, text) });
    } else if (isServiceLink(text)) {
      problems.push({
        key: key.key,
        value: text,
        source: `environment variable ${variable}`,
        message: serviceLinkHint,
      });
    } else {
      values.push({ key: key.key, value: fromText(key, text), source: { kind: 'environment', variable } });
    }
  }
  return { values, problems };
}

/** The value that a text from the environment or a flag stands for; a text that does not fit is left for the check. */
export function fromText(key: ConfigKey, text: string): unknown {
  switch (key.kind) {
    case 'integer':
      return /^-?\d+$/.test(text.trim()) ? Number(text) : text;
    case 'number':
      return /^-?(?:\d+\.?\d*|\.\d+)$/.test(text.trim()) ? Number(text) : text;
    case 'boolean':
      return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text;
    case 'list':
      return text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
    case 'rules':
      return fromJson(text);
    case 'choice':
    case 'text':
      return text;
  }
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const serviceLinkHint =
  'Kubernetes sets this for a Service of the name "mailbeam": set enableServiceLinks: false in the pod, or rename the Service';

function isServiceLink(text: string): boolean {
  return text.startsWith('tcp://') || text.startsWith('udp://');
}

function unknownVariable(variable: string, text: string): string {
  if (isServiceLink(text) || /^MAILBEAM_(SERVICE|PORT)_/.test(variable)) return serviceLinkHint;
  const nearest = nearestName(
    variable,
    configKeys.map((key) => key.variable),
  );
  return nearest === undefined
    ? 'there is no such key (`mailbeam config` lists all)'
    : `there is no such key; did you mean ${nearest}?`;
}
