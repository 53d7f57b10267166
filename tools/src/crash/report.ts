import { countClasses, killClasses } from './exposure.js';
import type { KillRecord } from './exposure.js';
import type { RoundResult } from './round.js';
import { rules } from './violation.js';
import type { Rule, Violation } from './violation.js';

/** Violations of one rule that are printed; the rest is counted. */
const shownPerRule = 5;

/** One line: which rule, where, what. */
export function describeViolation({ rule, user, detail, n }: Violation): string {
  return `${rule}${user === '' ? '' : ` [${user}]`}${n > 0 ? ` at event ${n}` : ''}: ${detail}`;
}

/** One line about a round that went well or did not. */
export function describeRound(number: number, rounds: number, result: RoundResult): string {
  const { scenario, sent, shown, kills, violations, writesElided, ms } = result;
  const quota = scenario.mailboxMessages > 0 ? `, mailboxes of ${scenario.mailboxMessages}` : '';
  const verdict = violations.length === 0 ? 'ok' : `${violations.length} VIOLATIONS`;
  return (
    `round ${number}/${rounds} seed ${scenario.seed}: ${verdict}, ${sent} sent, ${shown} seen, ${writesElided} writes elided, ` +
    `${kills.length} kills (${kills.map(({ what }) => what).join('; ')})${quota}, ${(ms / 1000).toFixed(1)} s`
  );
}

/** The violations of a round, a few of each rule, with what the rule says. */
export function describeViolations(violations: readonly Violation[]): string[] {
  const byRule = new Map<Rule, Violation[]>();
  for (const violation of violations) byRule.set(violation.rule, [...(byRule.get(violation.rule) ?? []), violation]);
  return [...byRule].flatMap(([rule, list]) => [
    `  ${rule}: ${rules[rule]} (${list.length} times)`,
    ...list.slice(0, shownPerRule).map((violation) => `    ${describeViolation(violation)}`),
  ]);
}

/** Which classes of messages the kills of all rounds hit, and which none of them did. */
export function describeKills(kills: readonly KillRecord[]): { line: string; missed: string[] } {
  const hits = countClasses(kills);
  const words = { unflushed: 'unflushed', elided: 'elided', inFlight: 'in-flight' };
  const line = `${kills.length} kills hit: ${killClasses.map((name) => `${words[name]} messages ${hits[name]} times`).join(', ')}`;
  return { line, missed: killClasses.filter((name) => hits[name] === 0).map((name) => words[name]) };
}
