import { interceptorProblems } from './interceptor.js';
import type { ModuleKind } from './module-kind.js';
import { serviceProblems } from './service.js';

/** What a module says of itself. */
export interface ModuleDescription {
  readonly kind: ModuleKind;
  readonly name: string;
  readonly version: string;
}

/** A description, or what is wrong, all at once, in words that say what to do. */
export type ModuleCheck =
  | ({ readonly ok: true; readonly module: object } & ModuleDescription)
  | { readonly ok: false; readonly problems: readonly string[] };

/** A letter, then up to 62 letters, digits, `_` and `-`: it is part of file names and of the wire's `$name`. */
const NAME = /^[a-z][a-z0-9_-]{0,62}$/i;
/** A letter or digit, then up to 63 of those and `.`, `_`, `-`, `+`: it is part of file names. */
const VERSION = /^[a-z0-9][a-z0-9._+-]{0,63}$/i;

/** What the callbacks of the session are, see `Behaviour` of `@mailbeam/actors`. */
const sessionCallbacks = { required: ['init', 'handleMessage'], optional: ['codeChange', 'terminate', 'selfTest'] };

/** Checks what a module exports: an object whose `default` is a service, an interceptor, or the behaviour `session`. */
export function checkModule(exported: unknown): ModuleCheck {
  const given = defaultOf(exported);
  if (given === undefined)
    return {
      ok: false,
      problems: ['it has no default export: write `export default defineService({ ... })` or `defineInterceptor`'],
    };
  if (typeof given !== 'object' || given === null)
    return {
      ok: false,
      problems: [`its default export is ${article(given)}: it must be what defineService or defineInterceptor returns`],
    };
  const members = given as Readonly<Record<string, unknown>>;
  const kind = kindOf(members);
  const problems = [...textProblems('name', members, NAME), ...textProblems('version', members, VERSION)];
  if (kind === undefined) problems.unshift(kindProblem(members));
  else problems.push(...memberProblems[kind](members));
  if (kind === undefined || problems.length > 0) return { ok: false, problems };
  return { ok: true, module: given, kind, name: members['name'] as string, version: members['version'] as string };
}

const memberProblems: Readonly<Record<ModuleKind, (given: Readonly<Record<string, unknown>>) => string[]>> = {
  service: serviceProblems,
  interceptor: interceptorProblems,
  session: (given) => [
    ...sessionCallbacks.required
      .filter((key) => typeof given[key] !== 'function')
      .map((key) => `${key} must be a function`),
    ...sessionCallbacks.optional
      .filter((key) => given[key] !== undefined && typeof given[key] !== 'function')
      .map((key) => `${key} must be a function where it is given`),
  ],
};

function defaultOf(exported: unknown): unknown {
  if (typeof exported !== 'object' || exported === null) return undefined;
  return (exported as { default?: unknown }).default;
}

function kindOf(given: Readonly<Record<string, unknown>>): ModuleKind | undefined {
  if (given['kind'] === 'service' || given['kind'] === 'interceptor') return given['kind'];
  return given['kind'] === undefined && given['name'] === 'session' ? 'session' : undefined;
}

function kindProblem(given: Readonly<Record<string, unknown>>): string {
  if (given['kind'] !== undefined)
    return `kind is ${JSON.stringify(given['kind'])}: there are 'service' and 'interceptor'`;
  if (typeof given['handleMessage'] === 'function')
    return "it is a plain behaviour: only one named 'session' is a handler module, a service is made by defineService";
  return 'it is an object without a kind: let defineService or defineInterceptor make it';
}

function textProblems(key: string, given: Readonly<Record<string, unknown>>, allowed: RegExp): string[] {
  const value = given[key];
  if (typeof value !== 'string' || value === '') return [`${key} must be a non-empty string`];
  if (allowed.test(value)) return [];
  const rule =
    allowed === NAME
      ? 'a letter, then at most 62 letters, digits, _ and -'
      : 'a letter or digit, then at most 63 of those and . _ - +';
  return [`${key} is ${JSON.stringify(value.slice(0, 80))}: it must be ${rule}`];
}

function article(value: unknown): string {
  if (value === null) return 'null';
  return `a ${typeof value}`;
}
