import type { Rates } from '../statistics/mailbox-reading.js';
import type { Alert, AlertEvent } from './alert.js';

/** One line: what, where, since when. */
export function alertTitle({ alert, type }: AlertEvent): string {
  const { rule, severity, name, mailboxes } = alert;
  const kind = kindOf(alert);
  const what = mailboxes > 1 ? `${count(mailboxes)} ${kind.many}, worst ${name}` : `${kind.one} ${name}`;
  const word = type === 'firing' ? severity : type;
  return `${word}: ${rule}: ${what}`;
}

function kindOf({ class: className, restarts }: Alert): { readonly one: string; readonly many: string } {
  if (className !== null) return { one: className, many: `${className} mailboxes` };
  return restarts === null ? { one: 'interceptor', many: 'interceptors' } : { one: 'actors of', many: 'behaviours' };
}

/** Everything that an alert says, a line each. */
export function alertText(event: AlertEvent): string {
  const { alert } = event;
  return [alertTitle(event), alert.summary, ...linesOf(alert)].filter((line) => line !== '').join('\n');
}

function linesOf(alert: Alert): string[] {
  const { figures, since, at, behaviour, version, lastLoad, doing, topSenders, examples, restarts } = alert;
  const lines = [`since     ${new Date(since).toISOString()} (${duration((at - since) / 1_000)})`];
  if (figures !== null) {
    const { depth, growth, oldestSeconds, stalledSeconds, drainSeconds } = figures;
    const stalled = stalledSeconds >= 1 ? `, nothing taken for ${duration(stalledSeconds)}` : '';
    lines.push(`depth     ${count(depth)}, ${growth >= 0 ? '+' : '-'}${count(Math.abs(growth))}/s`);
    lines.push(`rates     in ${rates(figures.in)}, out ${rates(figures.out)} (per s, over 1, 10, 100 s)`);
    lines.push(`oldest    ${duration(oldestSeconds)}${stalled}`);
    lines.push(`drained   ${drainText(drainSeconds)}`);
  }
  if (restarts !== null) lines.push(`restarts  ${count(restarts)} in the last minute`);
  if (behaviour !== null) lines.push(`runs      ${behaviour}${version === null ? '' : ` ${version}`}`);
  if (lastLoad !== null)
    lines.push(`last load ${lastLoad.module} ${lastLoad.version}, ${duration((at - lastLoad.at) / 1_000)} ago`);
  if (doing !== null) lines.push(`doing     ${doing}`);
  if (topSenders.length > 0) {
    const senders = topSenders.map(({ name, messages, error, share }) => {
      const least = Math.round((100 * (messages - error) * share) / messages);
      const most = Math.round(100 * share);
      return `${name} ${least === most ? most : `${least} to ${most}`} %`;
    });
    lines.push(`filled by ${senders.join(', ')}`);
  }
  if (examples.length > 0) lines.push(`among     ${examples.join(', ')}`);
  lines.push(`look      ${alert.look}`);
  return lines;
}

function drainText(seconds: number | undefined): string {
  if (seconds === undefined) return 'when its user is back';
  return seconds === Infinity ? 'never, at this pace' : `in ${duration(seconds)}, at this pace`;
}

function rates(of: Rates): string {
  return of.map((rate) => count(rate)).join(' ');
}

/** Three figures below 100, else whole, with thousands set apart. */
export function count(value: number): string {
  const rounded = value < 100 ? Number(value.toPrecision(3)) : Math.round(value);
  return rounded.toLocaleString('en-US');
}

/** `8 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${count(Math.max(0, seconds))} s`;
  const whole = Math.round(seconds);
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3_600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([n]) => n > 0);
  return parts
    .slice(first, first + 2)
    .filter(([n]) => n > 0)
    .map(([n, unit]) => `${n} ${unit}`)
    .join(' ');
}
