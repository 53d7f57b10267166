import { setTimeout as delay } from 'node:timers/promises';
import { Talker } from './talker.js';

/** Most that a client that was told to come back does so. */
const attemptLimit = 20;

/** How a crowd came in. */
export interface Arrival {
  readonly talkers: readonly Talker[];
  /** Clients that were told to come back, counted each time. */
  readonly toldToComeBack: number;
  /** Clients that were closed and not told when to come back: none may be. */
  readonly turnedAwayInSilence: readonly string[];
  /** From the first connection to the last WELCOME. */
  readonly ms: number;
}

/** Logs people in, spread over `overMs`; who is told to come back does so when that time is over. Resolves when all are in, or were turned away in silence. */
export async function arrive(
  port: number,
  names: readonly string[],
  overMs: number,
  onDeliver?: (name: string, body: Uint8Array) => void,
): Promise<Arrival> {
  const begin = performance.now();
  const talkers: Talker[] = [];
  const turnedAwayInSilence: string[] = [];
  let toldToComeBack = 0;
  const one = async (name: string, at: number): Promise<void> => {
    await delay(Math.max(0, begin + at - performance.now()));
    for (let attempt = 0; attempt < attemptLimit; attempt++) {
      const hear = onDeliver === undefined ? undefined : (body: Uint8Array): void => onDeliver(name, body);
      const talker = await Talker.connect(port, name, hear === undefined ? {} : { onDeliver: hear });
      await talker.until(() => talker.isWelcomed || talker.closedWith !== '');
      if (talker.isWelcomed) {
        talkers.push(talker);
        return;
      }
      if (talker.goodbyeRetryMs <= 0) break;
      toldToComeBack++;
      await delay(talker.goodbyeRetryMs);
    }
    turnedAwayInSilence.push(name);
  };
  await Promise.all(names.map((name, i) => one(name, (overMs * i) / names.length)));
  return { talkers, toldToComeBack, turnedAwayInSilence, ms: Math.round(performance.now() - begin) };
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
