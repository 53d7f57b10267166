import type { MailboxClass } from '@mailbeam/router/admin-views';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';

/** What a silence is about; what is left out matches all. */
export interface SilenceTarget {
  /** Pattern of names of rules. */
  readonly rule?: string;
  /** Pattern of names of mailboxes. */
  readonly mailbox?: string;
  readonly class?: MailboxClass;
}

/** The flags that say it one by one. */
export interface TargetFlags {
  readonly rule?: string;
  readonly mailbox?: string;
  readonly class?: string;
}

/**
 * What a person means: `RULE/MAILBOX` as an alert is called, else the name of a rule where there is one, else a mailbox.
 * @param rules names of the rules in force. @throws CliError USAGE
 */
export function silenceTarget(word: string | undefined, flags: TargetFlags, rules: readonly string[]): SilenceTarget {
  const { rule, mailbox, class: className } = flags;
  const given = word === undefined ? {} : meantBy(word, rules);
  if (('rule' in given && rule !== undefined) || ('mailbox' in given && mailbox !== undefined))
    throw new CliError(ExitCode.USAGE, `${word} and a flag say the same: leave one of them out`);
  const target: SilenceTarget = {
    ...given,
    ...(rule !== undefined && { rule }),
    ...(mailbox !== undefined && { mailbox }),
    ...(className !== undefined && { class: className as MailboxClass }),
  };
  if (Object.keys(target).length > 0) return target;
  throw new CliError(
    ExitCode.USAGE,
    'nothing to silence',
    'say RULE, MAILBOX or RULE/MAILBOX, or --rule, --mailbox, --class; `mailbeam alerts` shows what fires',
  );
}

function meantBy(word: string, rules: readonly string[]): SilenceTarget {
  const at = word.indexOf('/');
  if (at < 0) return rules.includes(word) ? { rule: word } : { mailbox: word };
  const [rule, mailbox] = [word.slice(0, at), word.slice(at + 1)];
  // of many at once an alert is called RULE/*
  return { ...(!isAll(rule) && { rule }), ...((!isAll(mailbox) || isAll(rule)) && { mailbox: mailbox || '*' }) };
}

function isAll(pattern: string): boolean {
  return pattern === '' || pattern === '*';
}

/** In words: `rule deep, mailbox ben`. */
export function targetText({ rule, mailbox, class: className }: SilenceTarget): string {
  const parts = [
    rule === undefined ? 'all rules' : `rule ${rule}`,
    mailbox === undefined ? 'all mailboxes' : `mailbox ${mailbox}`,
    ...(className === undefined ? [] : [`class ${className}`]),
  ];
  return parts.join(', ');
}
