import { setTimeout as delay } from 'node:timers/promises';
import { whileHeld } from './held-node.js';
import { Talker } from './talker.js';
import type { TalkerOptions } from './talker.js';

/** Most that a client that was told to come back does so. */
const attemptLimit = 20;

/** How a crowd came in. */
export interface Arrival {
  readonly talkers: readonly Talker[];
  /** What clients were told to wait before they come back, ms, each time. */
  readonly told: readonly number[];
  /** Clients that were closed and not told when to come back: none may be. */
  readonly turnedAwayInSilence: readonly string[];
  /** From the first connection to the last WELCOME. */
  readonly ms: number;
}

/** A crowd that has said HELLO in one moment, as it is when each has its answer. */
export interface Rush extends Omit<Arrival, 'ms'> {
  /** Lets those in who were told to come back. */
  comeBack(): Promise<Arrival>;
}

export interface ArrivalOptions {
  /** Whether they ack what comes; default true. */
  readonly acks?: boolean;
  readonly onDeliver?: (name: string, body: Uint8Array) => void;
}

/** Logs people in, spread over `overMs`; who is told to come back does so when that time is over. Resolves when all are in, or were turned away in silence. */
export async function arrive(
  port: number,
  names: readonly string[],
  overMs: number,
  { acks = true, onDeliver = () => undefined }: ArrivalOptions = {},
): Promise<Arrival> {
  const begin = performance.now();
  const answers = noAnswers();
  const one = async (name: string, at: number): Promise<void> => {
    await delay(Math.max(0, begin + at - performance.now()));
    await comeIn(port, name, { acks, onDeliver: (body) => onDeliver(name, body) }, answers);
  };
  await Promise.all(names.map((name, i) => one(name, (overMs * i) / names.length)));
  return { ...answers, ms: Math.round(performance.now() - begin) };
}

/** People connect, and say HELLO in one moment: the node finds all of it at once. */
export async function rush(port: number, names: readonly string[], nodePid: number): Promise<Rush> {
  const connected = await openAll(port, names);
  const begin = performance.now();
  await whileHeld(nodePid, () => {
    for (const talker of connected) talker.hello();
  });
  await Promise.all(connected.map((talker) => talker.settled()));
  const answers = noAnswers();
  const late = connected.filter((talker) => isToComeBack(talker, answers));
  const comeBack = async (): Promise<Arrival> => {
    const back = async ({ name, goodbyeRetryMs }: Talker): Promise<void> => {
      await delay(goodbyeRetryMs);
      await comeIn(port, name, {}, answers);
    };
    await Promise.all(late.map(back));
    return { ...answers, ms: Math.round(performance.now() - begin) };
  };
  return { ...answers, comeBack };
}

/** Not more at a time than a listening socket has room for. */
const OPENED_AT_ONCE = 256;

async function openAll(port: number, names: readonly string[]): Promise<readonly Talker[]> {
  const open: Talker[] = [];
  for (let i = 0; i < names.length; i += OPENED_AT_ONCE)
    open.push(...(await Promise.all(names.slice(i, i + OPENED_AT_ONCE).map((name) => Talker.open(port, name)))));
  return open;
}

/** What became of those who said HELLO. */
interface Answers {
  readonly talkers: Talker[];
  readonly told: number[];
  readonly turnedAwayInSilence: string[];
}

const noAnswers = (): Answers => ({ talkers: [], told: [], turnedAwayInSilence: [] });

/** Takes down the answer that this one has; true when it is to come back. */
function isToComeBack(talker: Talker, { talkers, told, turnedAwayInSilence }: Answers): boolean {
  if (talker.isWelcomed) talkers.push(talker);
  else if (talker.goodbyeRetryMs > 0) told.push(talker.goodbyeRetryMs);
  else turnedAwayInSilence.push(talker.name);
  return !talker.isWelcomed && talker.goodbyeRetryMs > 0;
}

async function comeIn(port: number, name: string, options: TalkerOptions, answers: Answers): Promise<void> {
  for (let attempt = 0; attempt < attemptLimit; attempt++) {
    const talker = await Talker.connect(port, name, options);
    await talker.settled();
    if (!isToComeBack(talker, answers)) return;
    await delay(talker.goodbyeRetryMs);
  }
  answers.turnedAwayInSilence.push(name);
}

/** `count` names. */
export const named = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);

/** Sends `each` messages to everybody in `names` from a few senders, and resolves when all are accepted. A body is its number, as four bytes, and filling. */
export async function store(
  port: number,
  names: readonly string[],
  each: number,
  { bodyBytes = 32, perSecond = Infinity }: { readonly bodyBytes?: number; readonly perSecond?: number } = {},
): Promise<void> {
  const begin = performance.now();
  const senders = await Promise.all(named('stores-', 8).map((name) => Talker.login(port, name)));
  const share = async (sender: Talker, first: number): Promise<void> => {
    const body = Buffer.alloc(bodyBytes);
    for (let i = first; i < names.length * each; i += senders.length) {
      if (sender.unanswered >= 200) await sender.until(() => sender.unanswered < 100);
      const early = begin + (i / perSecond) * 1_000 - performance.now();
      if (early > 1) await delay(early);
      body.writeUInt32BE(i);
      sender.send(names[i % names.length]!, body);
    }
    await sender.until(() => sender.unanswered === 0, 'ACCEPTED of what is stored');
  };
  await Promise.all(senders.map(share));
  for (const sender of senders) {
    if (sender.refusals.length > 0) throw new Error(`a SEND was refused: ${sender.refusals[0]!.code}`);
    sender.end();
  }
}

/** By its size the last word is told from other mail. */
const LAST_BYTES = 64;

/** Writes to everybody once more: what is before that has come when it has. */
export async function lastWord(port: number, talkers: readonly Talker[]): Promise<void> {
  const reached = new Set<Talker>();
  for (const talker of talkers) {
    talker.onDeliver = (body) => {
      if (body.length === LAST_BYTES) reached.add(talker);
    };
  }
  await store(
    port,
    talkers.map(({ name }) => name),
    1,
    { bodyBytes: LAST_BYTES },
  );
  await Promise.all(talkers.map((talker) => talker.until(() => reached.has(talker), 'the last word')));
}
