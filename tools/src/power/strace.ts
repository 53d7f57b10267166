import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** What strace must be told so that {@link readTrace} understands what it writes; `-o FILE` comes on top. */
export const straceFlags: readonly string[] = [
  ...['-f', '--seccomp-bpf', '-ttt', '-y', '-xx'],
  // a body, a batch of pages and a WebSocket message are all shorter
  ...['-s', '4000000'],
  ...['-e', 'signal=none'],
  // a slow disk: what must wait for a flush has to wait so long that somebody who does not is seen
  ...['-e', 'inject=fdatasync:delay_enter=5ms'],
  ...[
    '-e',
    'trace=openat,lseek,pwrite64,pwritev,pwritev2,write,writev,fdatasync,fsync,msync,sync_file_range,ftruncate,fallocate,' +
      'sendto,sendmsg,recvfrom,recvmsg,close',
  ],
];

/** One system call of one thread. `begun` and `ended` are positions in the trace: what happened between is not known. */
export interface SystemCall {
  readonly name: string;
  /** Its file or socket; -1 where the call names none. */
  readonly fd: number;
  /** What `fd` is, or what was opened: a path, or `socket:[N]`. */
  readonly target: string;
  /** Everything between the parentheses, strings in hexadecimal escapes. */
  readonly args: string;
  readonly result: number;
  readonly begun: number;
  readonly ended: number;
  /** When it began, ms since the epoch. */
  readonly at: number;
}

interface Unfinished {
  readonly text: string;
  readonly begun: number;
  readonly at: number;
}

const linePattern = /^(?:(\d+) +)?(\d+\.\d+) (.*)$/s;
const resumedPattern = /^<\.\.\. \w+ resumed>(.*)$/s;
const unfinishedMark = ' <unfinished ...>';

/** Reads a trace made with {@link straceFlags} whose calls are `wanted` by name and target, in the order of their ends. */
export async function readTrace(
  file: string,
  wanted: (name: string, target: string) => boolean,
  take: (call: SystemCall) => void,
): Promise<void> {
  const unfinished = new Map<string, Unfinished>();
  let position = 0;
  for await (const line of createInterface({ input: createReadStream(file, 'latin1'), crlfDelay: Infinity })) {
    position++;
    const [, thread = '', seconds = '', rest = ''] = linePattern.exec(line) ?? [];
    const at = Number(seconds) * 1000;
    if (rest.endsWith(unfinishedMark)) {
      unfinished.set(thread, { text: rest.slice(0, -unfinishedMark.length), begun: position, at });
      continue;
    }
    const [, tail] = resumedPattern.exec(rest) ?? [];
    const head = tail === undefined ? { text: '', begun: position, at } : unfinished.get(thread);
    unfinished.delete(thread);
    if (head === undefined) continue;
    const call = parse(head.text + (tail ?? rest), wanted);
    if (call !== undefined) take({ ...call, begun: head.begun, ended: position, at: head.at });
  }
}

const callPattern = /^(\w+)\((?:(\d+)<([^>]*)>)?/;
const resultPattern = /\) += (-?\d+)[^)"]*(?:\([^)"]*\))?$/;

function parse(
  text: string,
  wanted: (name: string, target: string) => boolean,
): Omit<SystemCall, 'begun' | 'ended' | 'at'> | undefined {
  const [whole = '', name = '', fd = '-1', hidden = ''] = callPattern.exec(text) ?? [];
  if (name === '') return undefined;
  const target = name === 'openat' ? openedPath(text) : unhide(hidden);
  if (!wanted(name, target)) return undefined;
  const end = resultPattern.exec(text);
  if (end === null) return undefined;
  return { name, fd: Number(fd), target, args: text.slice(whole.length, end.index), result: Number(end[1]) };
}

const openedPath = (text: string): string => unhide(/"([^"]*)"/.exec(text)?.[1] ?? '');

/** Text in which strace has written each byte as `\xNN`, or has not. */
function unhide(text: string): string {
  return text.includes('\\x') ? bytesOf(text).toString('utf8') : text;
}

const bytesOf = (escaped: string): Buffer => Buffer.from(escaped.replaceAll('\\x', ''), 'hex');

const quoted = /"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?/g;

/** The bytes of all strings of a call, in order: what a write wrote or a read read. @throws when strace has cut one off */
export function dataOf({ name, args }: SystemCall): Buffer {
  const parts: Buffer[] = [];
  for (const [, escaped = '', cut] of args.matchAll(quoted)) {
    if (cut !== undefined) throw new Error(`strace has cut off the data of a ${name}`);
    parts.push(bytesOf(escaped));
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

/** The numbers behind the last string or bracket of a call's arguments: length, offset. */
export function numbersOf({ args }: SystemCall): number[] {
  const tail = args.slice(Math.max(args.lastIndexOf('"'), args.lastIndexOf(']')) + 1);
  return [...tail.matchAll(/(?<=^|, )-?\d+(?=,|$)/g)].map(([number]) => Number(number));
}
