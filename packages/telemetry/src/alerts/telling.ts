import type { Severity } from './alert-rule.js';
import type { AlertEvent } from './alert.js';
import type { RuleWatch, Tracked } from './rule-watch.js';

/** What telling needs of the engine. */
export interface TellingHost {
  readonly groupAbove: number;
  isSilenced(watch: RuleWatch, one: Tracked): boolean;
  /** @param members those that are told together; one: by itself */
  tell(type: AlertEvent['type'], watch: RuleWatch, members: readonly Tracked[], isGroup: boolean): void;
}

/**
 * After a pass over a rule: tells what has begun, has changed and is over. What fires when many fire already is told as
 * one alert, which is over when the last of them is; what was told by itself is ended by itself.
 */
export function tellChanges(watch: RuleWatch, host: TellingHost, now: number): void {
  const fresh: Tracked[] = [];
  const members: Tracked[] = [];
  /** Of the group, for its last word. */
  let last: Tracked | undefined;
  let single = 0;
  for (const one of watch.tracked.values()) {
    const { level } = one.state;
    const isFiring = level !== 'ok';
    const isSilenced = isFiring && host.isSilenced(watch, one);
    if (isFiring && !isSilenced) {
      if (one.isInGroup) members.push(one);
      else if (one.told === null) fresh.push(one);
      else {
        single++;
        const isNew = one.told !== level;
        one.told = level;
        if (isNew) host.tell('firing', watch, [one], false);
      }
      if (one.isInGroup) one.told = level;
      continue;
    }
    if (one.isInGroup) last = one;
    else if (one.told !== null) host.tell(isSilenced ? 'silenced' : 'resolved', watch, [one], false);
    one.isInGroup = false;
    one.told = null;
  }
  const isMany = watch.group !== null || single + fresh.length > host.groupAbove;
  for (const one of fresh) {
    one.told = one.state.level as Severity;
    one.isInGroup = isMany;
    if (isMany) members.push(one);
    else host.tell('firing', watch, [one], false);
  }
  tellGroup(watch, host, members, last, now);
  watch.forget();
}

function tellGroup(
  watch: RuleWatch,
  host: TellingHost,
  members: readonly Tracked[],
  last: Tracked | undefined,
  now: number,
): void {
  const { group } = watch;
  if (members.length === 0) {
    if (group !== null && last !== undefined) host.tell('resolved', watch, [last], true);
    watch.group = null;
    return;
  }
  const severity: Severity = members.some(({ state }) => state.level === 'critical') ? 'critical' : 'warning';
  if (group === null) watch.group = { severity, mailboxes: members.length, since: now };
  else if (severity !== group.severity || members.length >= 2 * group.mailboxes) {
    group.severity = severity;
    group.mailboxes = members.length;
  } else return;
  host.tell('firing', watch, members, true);
}
