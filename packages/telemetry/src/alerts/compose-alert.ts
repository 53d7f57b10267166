import type { MailboxClass } from '../mailbox-class.js';
import type { Filler } from '../statistics/heavy-hitters.js';
import type { MailboxStatistics } from '../statistics/mailbox-statistics.js';
import type { AlertHost } from './alert-engine.js';
import type { Severity } from './alert-rule.js';
import type { AlertLevel } from './alert-state.js';
import type { Alert, ConsumerDetails } from './alert.js';
import type { RuleWatch, Tracked } from './rule-watch.js';

const TOP_SENDERS = 5;
/** Counted messages whose senders say more than those of the oldest that wait. */
const ENOUGH = 256;
const EXAMPLES = 5;
const NOTHING_KNOWN: ConsumerDetails = { behaviour: null, version: null, lastLoad: null, doing: null };

/** Puts together what an operator is told of one subject, or of many. */
export function composeAlert(
  watch: RuleWatch,
  members: readonly Tracked[],
  isGroup: boolean,
  { now, wall }: { readonly now: number; readonly wall: number },
  statistics: MailboxStatistics,
  host: AlertHost,
): Alert {
  const { rule, group } = watch;
  const examples = worstOf(members, isGroup ? EXAMPLES : 1);
  const worst = examples[0]!;
  const { state, told, code } = worst;
  const look = watch.lookAt(worst);
  const name = host.show(worst.name, worst.class);
  const begun = isGroup && group !== null ? group.since : state.since;
  return {
    id: `${rule.name}/${isGroup ? '*' : name}`,
    rule: rule.name,
    severity: severityOf(state.level, isGroup ? (group?.severity ?? told) : told),
    summary: rule.summary,
    name,
    class: worst.class,
    mailboxes: members.length,
    examples: isGroup ? examples.map((one) => host.show(one.name, one.class)) : [],
    since: begun === 0 ? wall : wall - (now - begun),
    at: wall,
    figures: look?.reading ?? null,
    restarts: code?.restarts ?? null,
    ...detailsOf(worst, host),
    topSenders: look?.reading
      ? sendersOf(worst, statistics, host).map((filler) => ({ ...filler, name: showSender(filler.name, host) }))
      : [],
    look: command(name, worst, isGroup),
  };
}

/** The worst `k`, the worst first. Of thousands, each is looked at once. */
function worstOf(members: readonly Tracked[], k: number): Tracked[] {
  const worst: Tracked[] = [];
  for (const one of members) {
    if (worst.length === k && !isWorse(one, worst[k - 1]!)) continue;
    let at = worst.length;
    while (at > 0 && isWorse(one, worst[at - 1]!)) at--;
    worst.splice(at, 0, one);
    worst.length = Math.min(worst.length, k);
  }
  return worst;
}

function isWorse(one: Tracked, other: Tracked): boolean {
  const isCritical = one.state.level === 'critical';
  return isCritical === (other.state.level === 'critical') ? one.weight > other.weight : isCritical;
}

/** What is over, is over with the severity that was told. */
function severityOf(level: AlertLevel, told: Severity | null): Severity {
  return told ?? (level === 'ok' ? 'warning' : level);
}

function detailsOf({ name, class: className, code }: Tracked, host: AlertHost): ConsumerDetails {
  if (code === null) return className === null ? NOTHING_KNOWN : host.describe(name, className);
  const { behaviour, version, doing } = code;
  return { behaviour, version, doing, lastLoad: host.lastLoad(behaviour) };
}

/** Those of all that came since it was deep; when few have come since, those of what waits. */
function sendersOf(
  { name, class: className, handle }: Tracked,
  statistics: MailboxStatistics,
  host: AlertHost,
): readonly Filler[] {
  const counted = statistics.fillersOf(handle, TOP_SENDERS);
  const [first] = counted;
  if (className === null || (first !== undefined && first.messages / first.share >= ENOUGH)) return counted;
  const waiting = host.sendersOf(name, className);
  return waiting.length > 0 ? waiting.slice(0, TOP_SENDERS) : counted;
}

/** A sender is a user, or a service: `$name`. */
function showSender(name: string, host: AlertHost): string {
  const className: MailboxClass = name.startsWith('$') ? 'service' : 'session';
  return host.show(name, className);
}

function command(name: string, { code }: Tracked, isGroup: boolean): string {
  if (code !== null) return `mailbeam versions ${code.behaviour}`;
  if (isGroup) return 'mailbeam top';
  const id = /^#(\d+) /.exec(name)?.[1]; // of an actor
  const target = id === undefined ? name : `<${id}>`;
  return `mailbeam inspect ${/^[\w.@:-]+$/.test(target) ? target : `'${target}'`}`;
}
