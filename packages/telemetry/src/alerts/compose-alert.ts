import type { MailboxClass } from '../mailbox-class.js';
import type { MailboxStatistics } from '../statistics/mailbox-statistics.js';
import type { AlertHost } from './alert-engine.js';
import type { Severity } from './alert-rule.js';
import type { Look } from './alert-source.js';
import type { AlertLevel } from './alert-state.js';
import type { Alert, ConsumerDetails } from './alert.js';
import type { RuleWatch, Tracked } from './rule-watch.js';

const TOP_SENDERS = 5;
const EXAMPLES = 5;
const NOTHING_KNOWN: ConsumerDetails = { behaviour: null, version: null, lastLoad: null, doing: null };

/** Puts together what an operator is told of one subject, or of many. */
export function composeAlert(
  { rule, group }: RuleWatch,
  members: readonly Tracked[],
  isGroup: boolean,
  { now, wall }: { readonly now: number; readonly wall: number },
  statistics: MailboxStatistics,
  host: AlertHost,
): Alert {
  const sorted = members.length > 1 ? [...members].sort(worseFirst) : members;
  const worst = sorted[0]!;
  const { look, state, told, handle } = worst;
  const { reading, actors } = look;
  const name = host.show(worst.name, look.class);
  const begun = isGroup && group !== null ? group.since : state.since;
  const isThere = reading !== null && statistics.isNamed(handle, worst.name);
  return {
    id: `${rule.name}/${isGroup ? '*' : name}`,
    rule: rule.name,
    severity: severityOf(state.level, isGroup ? (group?.severity ?? told) : told),
    summary: rule.summary,
    name,
    class: look.class,
    mailboxes: members.length,
    examples: isGroup ? sorted.slice(0, EXAMPLES).map((one) => host.show(one.name, one.look.class)) : [],
    since: begun === 0 ? wall : wall - (now - begun),
    at: wall,
    figures: reading,
    restarts: actors?.perMinute ?? null,
    ...detailsOf(look, host),
    topSenders: isThere
      ? statistics.fillersOf(handle, TOP_SENDERS).map((filler) => ({ ...filler, name: showSender(filler.name, host) }))
      : [],
    look: command(name, look, isGroup),
  };
}

/** What is over, is over with the severity that was told. */
function severityOf(level: AlertLevel, told: Severity | null): Severity {
  return told ?? (level === 'ok' ? 'warning' : level);
}

function worseFirst(one: Tracked, other: Tracked): number {
  const rank = ({ state }: Tracked): number => (state.level === 'critical' ? 1 : 0);
  const depth = ({ look }: Tracked): number => look.reading?.depth ?? look.actors?.perMinute ?? 0;
  return rank(other) - rank(one) || depth(other) - depth(one);
}

function detailsOf({ name, class: className, actors }: Look, host: AlertHost): ConsumerDetails {
  if (actors === null) return className === null ? NOTHING_KNOWN : host.describe(name, className);
  const { behaviour, version } = actors;
  return { ...NOTHING_KNOWN, behaviour, version, lastLoad: host.lastLoad(behaviour) };
}

/** A sender is a user, or a service: `$name`. */
function showSender(name: string, host: AlertHost): string {
  const className: MailboxClass = name.startsWith('$') ? 'service' : 'session';
  return host.show(name, className);
}

function command(name: string, { actors, class: className }: Look, isGroup: boolean): string {
  if (actors !== null) return `mailbeam versions ${actors.behaviour}`;
  if (isGroup) return 'mailbeam top';
  const target = className === 'system' ? name.split(' ')[0]! : name;
  return `mailbeam inspect ${/^[\w.@:-]+$/.test(target) ? target : `'${target}'`}`;
}
