import type { AlertRule, RulesView } from '@mailbeam/router/admin-views';
import { countText } from '../inspect/amount-text.js';
import type { Output } from '../output.js';
import { shownText } from '../shown-text.js';

/** The rules in force, an empty line between two; who set them last. */
export function rulesLines({ rules, source }: RulesView, output: Output): string[] {
  const blocks = rules.flatMap((rule, i) => [...(i === 0 ? [] : ['']), ...ruleLines(rule, output)]);
  const end =
    source === 'operator'
      ? 'set by an operator; `mailbeam alerts rules reset` goes back to those of the configuration'
      : 'as the configuration has them';
  return [...(blocks.length === 0 ? ['no rule is in force'] : blocks), '', output.style('dim', end)];
}

function ruleLines(rule: AlertRule, output: Output): string[] {
  const { name, summary, mailboxes, warning, critical, forSeconds, clearForSeconds } = rule;
  return [
    output.style('bold', name),
    ...(summary === '' ? [] : [`  ${shownText(summary)}`]),
    `  of        ${subjectText(rule)}${mailboxes === '*' ? '' : ` ${shownText(mailboxes)}`}`,
    ...(warning === undefined ? [] : [`  warning   ${levelText(warning, forSeconds)}`]),
    ...(critical === undefined ? [] : [`  critical  ${levelText(critical, forSeconds)}`]),
    `  over      when one of them was below its second figure for ${clearForSeconds} s`,
  ];
}

function subjectText({ classes, warning, critical }: AlertRule): string {
  const { restarts, switchedOff } = warning ?? critical ?? {};
  if (restarts !== undefined) return 'actors, by behaviour and version';
  return switchedOff === undefined ? `${classes.join(', ')} mailboxes` : 'interceptors';
}

/** `depth 200 (100), growth 5 (0), for 10 s`. */
function levelText(level: NonNullable<AlertRule['warning']>, forSeconds: number): string {
  const conditions = Object.entries(level).map(
    ([signal, { above, clear }]) => `${signal} ${above.toLocaleString('en-US')} (${clear.toLocaleString('en-US')})`,
  );
  return [...conditions, `for ${forSeconds} s`].join(', ');
}

/** In a line: what a change did. */
export function changesText(before: readonly AlertRule[], after: readonly AlertRule[]): string {
  const old = new Map(before.map((rule) => [rule.name, JSON.stringify(rule)]));
  const names = (rules: readonly AlertRule[]): string => rules.map(({ name }) => name).join(', ');
  const parts = [
    ['new', after.filter(({ name }) => !old.has(name))],
    ['changed', after.filter((rule) => old.has(rule.name) && old.get(rule.name) !== JSON.stringify(rule))],
    ['gone', before.filter(({ name }) => !after.some((rule) => rule.name === name))],
  ] as const;
  const said = parts.filter(([, rules]) => rules.length > 0).map(([what, rules]) => `${what}: ${names(rules)}`);
  return `${countText(after.length, 'rule')} in force; ${said.length === 0 ? 'nothing has changed' : said.join('; ')}`;
}
