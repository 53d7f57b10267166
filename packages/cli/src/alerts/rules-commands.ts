import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import type { AlertRule, Kept, RulesView } from '@mailbeam/router/admin-views';
import { adminAccess } from '../admin-access.js';
import type { AdminFlags } from '../admin-flags.js';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { asked, noteKept, rulesOf } from './alerts-access.js';
import { changesText, rulesLines } from './rules-text.js';

export interface RulesFlags extends AdminFlags {
  readonly json?: boolean;
}

/** `mailbeam alerts rules`: the rules in force. */
export async function rulesCommand(flags: RulesFlags, output: Output): Promise<ExitStatus> {
  const view = await rulesOf(await adminAccess(flags));
  if (flags.json === true) output.line(JSON.stringify(view));
  else for (const line of rulesLines(view, output)) output.line(line);
  return ExitCode.OK;
}

/** `mailbeam alerts rules set`: puts rules from a file in the place of all, or one rule in its place. */
export async function setRulesCommand(file: string, flags: RulesFlags, output: Output): Promise<ExitStatus> {
  const given = rulesIn(await contentOf(file), file);
  const access = await adminAccess(flags);
  const before = await rulesOf(access);
  const rules = 'name' in given ? withRule(before.rules, given) : given;
  const after = await asked<RulesView & Kept>(access.put('/alerts/rules', { rules }), access);
  return changed(before.rules, after, flags, output);
}

/** `mailbeam alerts rules reset`: goes back to the rules of the configuration. */
export async function resetRulesCommand(flags: RulesFlags, output: Output): Promise<ExitStatus> {
  const access = await adminAccess(flags);
  const before = await rulesOf(access);
  const after = await asked<RulesView & Kept>(access.delete('/alerts/rules'), access);
  return changed(before.rules, after, flags, output);
}

function changed(before: readonly AlertRule[], after: RulesView & Kept, flags: RulesFlags, output: Output): ExitStatus {
  output.line(flags.json === true ? JSON.stringify(after) : changesText(before, after.rules));
  noteKept(after.kept, output);
  return ExitCode.OK;
}

interface OneRule {
  readonly name: string;
}

/** All rules, as a list or as `rules --json` prints them; or one, which has a name. */
function rulesIn(content: string, file: string): readonly unknown[] | OneRule {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    throw new CliError(ExitCode.USAGE, `${file} is not JSON: ${(error as Error).message}`);
  }
  if (Array.isArray(value)) return value;
  const { rules, name } = (value ?? {}) as { readonly rules?: unknown; readonly name?: unknown };
  if (Array.isArray(rules)) return rules;
  if (typeof name === 'string') return value as OneRule;
  throw new CliError(
    ExitCode.USAGE,
    `${file}: must be a list of rules, an object with "rules", or one rule with its "name"`,
    '`mailbeam alerts rules --json` prints those in force',
  );
}

/** One that has the name of another takes its place, a new one comes last. */
function withRule(rules: readonly AlertRule[], rule: OneRule): readonly OneRule[] {
  const isThere = rules.some(({ name }) => name === rule.name);
  return isThere ? rules.map((one) => (one.name === rule.name ? rule : one)) : [...rules, rule];
}

async function contentOf(file: string): Promise<string> {
  if (file === '-') return textOf(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CliError(ExitCode.USAGE, `${file} cannot be read: ${(error as Error).message}`, '', { cause: error });
  }
}
