import type { Output } from './output.js';
import { megabytes } from './store/count.js';

/**
 * The lines that `mailbeam status` shows for an answer of `/status`. The ledger is the first thing to look at: an imbalance
 * is an error. What this version does not know of is shown as it is.
 */
export function statusLines(status: unknown, url: string, output: Output): string[] {
  const fields = fieldsOf(status);
  const ledger = fieldsOf(fields['ledger']);
  const limits = fieldsOf(fields['limits']);
  const store = fieldsOf(fields['store']);
  const rows: [name: string, value: string][] = [
    ['router', `${url}, version ${text(fields['version'])}, process ${text(fields['pid'])}`],
    ['up', durationText(Number(fields['uptimeMs'])) + (fields['draining'] === true ? ', draining' : '')],
    ['connections', `${count(fields['connections'])}${ofLimit(limits['connections'])}`],
    ['pending', `${count(fields['pendingMessages'])} messages wait for their recipients`],
    ['mailboxes', countedText(fieldsOf(fields['mailboxes']))],
    [
      'ledger',
      `${count(ledger['accepted'])} accepted = ${count(ledger['delivered'])} delivered + ${count(ledger['failed'])} failed + ${count(ledger['pending'])} pending`,
    ],
    ['imbalance', imbalanceText(ledger['imbalance'], output)],
    ['writes elided', `${count(fields['writesElided'])} messages were acked before they had to be written`],
    ['store', store['quiet'] === false ? 'busy merging' : 'quiet'],
    ['disk', diskText(fieldsOf(fields['disk']), output)],
    ['logins', loginsText(fieldsOf(fields['logins']))],
    ['dead letters', lettersText(fieldsOf(fields['deadLetters']), output)],
    ['rejected', rejectedText(fieldsOf(fields['rejected']))],
    ['commits', commitsText(fieldsOf(fields['commits']))],
    ['in memory', `${count(fields['mailboxesInMemory'])} mailboxes, ${count(fields['actors'])} actors`],
    ['session crashes', count(fields['sessionCrashes'])],
  ];
  const shown = new Set([
    'version',
    'pid',
    'uptimeMs',
    'draining',
    'connections',
    'pendingMessages',
    'mailboxes',
    'ledger',
    'writesElided',
    'store',
    'deadLetters',
    'disk',
    'logins',
    'rejected',
    'commits',
    'mailboxesInMemory',
    'actors',
    'sessionCrashes',
    'limits',
  ]);
  for (const [name, value] of Object.entries(fields)) if (!shown.has(name)) rows.push([name, text(value)]);
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${output.style('dim', name.padEnd(width))}  ${value}`);
}

/** `93784005` to `1 d 2 h 3 min`: the two or three largest units. */
export function durationText(ms: number): string {
  if (!Number.isFinite(ms)) return '?';
  const seconds = Math.floor(ms / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  if (first === -1) return '0 s';
  return parts
    .slice(first, first + 3)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ');
}

function imbalanceText(imbalance: unknown, output: Output): string {
  if (imbalance === 0) return output.style('green', 'none');
  return output.style('red', `${text(imbalance)} - the ledger does not balance: this is a bug, please report it`);
}

function diskText({ freeBytes, reserve, isTight }: Readonly<Record<string, unknown>>, output: Output): string {
  if (typeof freeBytes !== 'number') return '?';
  const free = `${megabytes(freeBytes)} free`;
  if (isTight !== true) return free;
  const kept = typeof reserve === 'number' ? `less than the reserve of ${megabytes(reserve)}` : 'nearly full';
  return output.style('red', `${free}, ${kept}: nothing more is stored, make room`);
}

function countedText({ counted }: Readonly<Record<string, unknown>>): string {
  if (typeof counted !== 'boolean') return '?';
  return counted ? 'every deep one is known' : 'those on disk are still being counted';
}

function loginsText({ waiting, turnedAway }: Readonly<Record<string, unknown>>): string {
  return `${count(waiting)} wait for their turn, ${count(turnedAway)} were told to come back later`;
}

function lettersText({ kept, dropped }: Readonly<Record<string, unknown>>, output: Output): string {
  if (typeof kept !== 'number') return '?';
  if (kept === 0 && dropped === 0) return 'none';
  const lost = typeof dropped === 'number' && dropped > 0 ? `, ${count(dropped)} pushed out by newer ones` : '';
  return output.style('yellow', `${count(kept)} messages were given up${lost}: see \`mailbeam deadletters list\``);
}

/** The most frequent code first. */
function rejectedText(codes: Readonly<Record<string, unknown>>): string {
  const some = Object.entries(codes).toSorted(([, a], [, b]) => Number(b) - Number(a));
  return some.length === 0 ? 'none' : some.map(([code, times]) => `${count(times)} ${code}`).join(', ');
}

function commitsText({ flushed, messages }: Readonly<Record<string, unknown>>): string {
  return `${count(flushed)}, with ${count(messages)} messages`;
}

function ofLimit(limit: unknown): string {
  return typeof limit === 'number' ? ` of at most ${count(limit)}` : '';
}

function count(value: unknown): string {
  return typeof value === 'number' ? value.toLocaleString('en-US') : text(value);
}

function text(value: unknown): string {
  if (value === undefined) return '?';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
