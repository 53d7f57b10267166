import { setTimeout as delay } from 'node:timers/promises';
import type { RouterProcess } from '../crash/router-process.js';
import { arrive, lastWord, named, store } from './crowd.js';
import { must, page, see } from './expecting.js';
import { Talker } from './talker.js';
import type { Witness } from './witness.js';

/** What a storm has to do with. */
export interface Weather {
  readonly router: RouterProcess;
  readonly witness: Witness;
  /** What others may have to wait besides, ms: for a machine that has other work. */
  readonly slackMs: number;
  readonly print: (line: string) => void;
}

/** 15,000 logins in 5 s. */
const LOGINS_A_SECOND = 3_000;
export const MAIL_EACH = 3;

/** Nobody who is in may have to wait longer than this for a message, whoever else storms in. */
const longestMs = 2_000;

/** What others notice while `what`. @throws when that is too much */
export async function others({ witness, slackMs, print }: Weather, what: string): Promise<void> {
  const { messages, p50, p99, most } = await witness.take();
  const shown = (ms: number): string => ms.toFixed(1);
  print(`  others, ${what}: ${messages} messages, p50 ${shown(p50)}, p99 ${shown(p99)}, most ${shown(most)} ms`);
  const limitMs = longestMs + slackMs;
  must(messages > 0 && most < limitMs, `others wait ${Math.round(most)} ms while ${what}; at most ${limitMs}`);
}

/** Whoever is turned away is told when to come back. */
export function nobodyInSilence(turnedAway: readonly string[]): void {
  must(turnedAway.length === 0, `${turnedAway.length} were turned away and not told when to come back`);
}

/** Everybody logs in, each with mail waiting. */
export async function logins(weather: Weather, people: number): Promise<void> {
  const { router, print, witness } = weather;
  const names = named('p', people);
  await store(router.port, names, MAIL_EACH);
  await witness.take();
  const got = new Map<string, number>();
  const onDeliver = (name: string): void => void got.set(name, (got.get(name) ?? 0) + 1);
  const overMs = Math.round((people / LOGINS_A_SECOND) * 1_000);
  const { talkers, told, turnedAwayInSilence, ms } = await arrive(router.port, names, overMs, { onDeliver });
  print(`  ${people} logins over ${overMs} ms: all in after ${ms} ms, ${told.length} told to come back`);
  nobodyInSilence(turnedAwayInSilence);
  await see(router, 'all mail is taken', ({ ledger }) => ledger.pending < 300);
  must(
    names.every((name) => got.get(name) === MAIL_EACH),
    'everybody has all mail, once',
  );
  await others(weather, 'everybody logs in');
  for (const talker of talkers) talker.end();
  await see(router, 'all have gone', ({ connections }) => connections <= 2);
  must((await page(router))!.ledger.imbalance === 0, 'the ledger balances');
}

/** One mailbox gets very deep, and is emptied, while others go on. */
export async function deep(weather: Weather, messages: number): Promise<void> {
  const { router, print, witness } = weather;
  let begin = performance.now();
  await witness.take();
  await store(router.port, ['deep'], messages);
  print(`  ${messages} stored in ${Math.round(performance.now() - begin)} ms`);
  await others(weather, 'one mailbox fills up');
  begin = performance.now();
  const seen = new Uint8Array(messages);
  let first = 0;
  const deepest = await Talker.connect(router.port, 'deep', {
    window: 1_024,
    onDeliver: (body) => {
      first ||= performance.now();
      seen[Buffer.from(body).readUInt32BE(0)]!++;
    },
  });
  while (deepest.delivered < messages) {
    const before = deepest.delivered;
    await delay(1_000);
    must(
      deepest.closedWith === '' && deepest.delivered > before,
      `messages of the deep mailbox stop coming after ${before}`,
    );
  }
  must(
    seen.every((times) => times === 1),
    'each has come once',
  );
  print(`  first out after ${Math.round(first - begin)} ms, all after ${Math.round(performance.now() - begin)} ms`);
  await others(weather, 'the deep mailbox is emptied');
  deepest.end();
}

/** Many senders write to one, who takes all, as fast as they can. */
export async function fanIn(weather: Weather, senders: number, ms: number): Promise<void> {
  const { router, print, witness } = weather;
  const one = await Talker.login(router.port, 'popular', { window: 1_024 });
  const { talkers } = await arrive(router.port, named('fan', senders), 0);
  await witness.take();
  const end = performance.now() + ms;
  const body = Buffer.alloc(100);
  const write = async (talker: Talker): Promise<number> => {
    let sent = 0;
    while (performance.now() < end) {
      for (; talker.unanswered < 64; sent++) talker.send('popular', body);
      await talker.until(() => talker.unanswered < 32, 'ACCEPTED of what many send to one');
    }
    await talker.until(() => talker.unanswered === 0, 'the last ACCEPTED');
    return sent - talker.refusals.length;
  };
  const accepted = (await Promise.all(talkers.map(write))).reduce((sum, sent) => sum + sent, 0);
  await lastWord(router.port, [one]);
  must(one.delivered === accepted + 1, `${accepted + 1} accepted, ${one.delivered} delivered`);
  print(`  ${senders} senders to one: ${Math.round(accepted / (ms / 1_000))} messages a second`);
  await others(weather, 'many write to one');
  for (const talker of [one, ...talkers]) talker.end();
}
