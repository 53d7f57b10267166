import { arrive, lastWord, named, rush, store } from './crowd.js';
import type { Rush } from './crowd.js';
import { Complaints, must, page, see } from './expecting.js';
import { MAIL_EACH, nobodyInSilence, others } from './storms.js';
import type { Weather } from './storms.js';
import { Talker } from './talker.js';

/** Nobody is late because of the storm itself: everybody connects before anybody says HELLO, which takes its time, and so does the way back. */
export const returnSettings = {
  MAILBEAM_HELLO_TIMEOUT_MS: '60000',
  MAILBEAM_PRESENCE_AWAY_MS: '60000',
  MAILBEAM_WATCHDOG_LIMIT_MS: '60000',
} as const;

/** A turn lets 32 in, and its clock is read once: this is eight turns in a millisecond. */
const mostAtOnce = 256;
/** Whoever is told to come back is told a moment of its own: of all of them at most half in one such span, ms. */
const TOGETHER_MS = 500;
/** So few may be told the same moment by chance. */
const FEW = 20;
/** One connection in so many vanishes without a word. It takes a descriptor beside the one of who comes back: 15,000 and a fifth have room below 20,000. */
const VANISHING = 5;
/** A friend of the first so many people. */
const WATCHED = 500;

/** What holds of a storm. */
export interface ReturnLimits {
  readonly people: number;
  /** `limits.hellosWaiting` of the router. */
  readonly hellosWaiting: number;
}

/**
 * The network breaks, with mail on its way to everybody, and is back. Of the connections most break so that the router sees it, some are still open for it. All
 * say HELLO in one moment.
 */
export async function massReturn(weather: Weather, limits: ReturnLimits): Promise<void> {
  const { router, print, witness } = weather;
  const names = named('r', limits.people);
  await store(router.port, names, MAIL_EACH);
  const before = await inTheirHands(weather, names);
  const friend = await Talker.login(router.port, 'friend');
  friend.watch(names.slice(0, WATCHED));
  await see(router, 'all mail is on its way', ({ ledger }) => ledger.pending >= limits.people * MAIL_EACH);
  const { pid, actors } = (await page(router))!;
  await witness.take();

  const vanished = before.filter((_, i) => i % VANISHING === 0);
  for (const [i, talker] of before.entries()) if (i % VANISHING !== 0) talker.end();
  await see(router, 'most are gone', ({ connections }) => connections === 3 + vanished.length);
  const first = await rush(router.port, names, pid);
  letInByTurns(print, first, limits);
  const back = await first.comeBack();
  print(`  ${limits.people} cut and back at once: ${back.ms} ms, ${back.told.length} told to come back`);
  nobodyInSilence(back.turnedAwayInSilence);

  await lastWord(router.port, back.talkers);
  const complaints = new Complaints();
  await complaints.note(() =>
    must(
      back.talkers.every(({ delivered, closedWith }) => delivered === MAIL_EACH + 1 && closedWith === ''),
      'everybody stays, and has what was on its way at the cut, once',
    ),
  );
  for (const old of vanished) old.watch(['friend']);
  await Promise.all(
    vanished.map((old) =>
      old.until(() => old.closedWith !== '' || old.notices.length > 0, 'anything on an old connection'),
    ),
  );
  await complaints.note(() =>
    must(
      vanished.every(({ closedWith }) => closedWith.startsWith('4003')),
      'the connection before is replaced',
    ),
  );
  const away = friend.notices.filter(({ isOnline }) => !isOnline).length;
  await complaints.note(() => must(away === 0, `${away} were said to be away who were soon back`));
  complaints.end();
  await see(router, 'all mail is taken', ({ ledger }) => ledger.pending < 300);
  await see(router, 'nothing is left of the connections before', (now) => {
    return now.connections === 3 + limits.people && now.actors === actors;
  });
  await others(weather, 'everybody is cut and comes back');
  for (const talker of [friend, ...back.talkers]) talker.end();
  await see(router, 'all have gone', ({ connections }) => connections <= 2);
  must((await page(router))!.ledger.imbalance === 0, 'the ledger balances');
}

/** Logs people in who take their mail and do not ack it. */
async function inTheirHands({ router }: Weather, names: readonly string[]): Promise<readonly Talker[]> {
  const { talkers, turnedAwayInSilence } = await arrive(router.port, names, names.length / 3, { acks: false });
  nobodyInSilence(turnedAwayInSilence);
  await Promise.all(talkers.map((talker) => talker.until(() => talker.delivered === MAIL_EACH, 'its mail')));
  return talkers;
}

/** Of those who say HELLO at once so many a turn are let in, so many wait, and the others are told to come back, each in its own time. */
function letInByTurns(
  print: (line: string) => void,
  { talkers, told, turnedAwayInSilence }: Rush,
  { people, hellosWaiting }: ReturnLimits,
): void {
  nobodyInSilence(turnedAwayInSilence);
  const together = most(
    talkers.map(({ welcomedAt }) => welcomedAt),
    1,
  );
  print(`  at most ${together} let in within one millisecond of the router`);
  must(together <= mostAtOnce, `${together} were let in in one turn, at most ${mostAtOnce}`);
  const surplus = people - hellosWaiting - mostAtOnce;
  must(told.length >= surplus, `${told.length} were told to come back where ${hellosWaiting} may wait, not ${surplus}`);
  const alike = most(told, TOGETHER_MS);
  must(alike <= Math.max(FEW, told.length / 2), `${alike} of ${told.length} were told to come back at the same time`);
}

/** How many of the moments, at most, lie in a span of `ms`. */
function most(moments: readonly number[], ms: number): number {
  const sorted = moments.toSorted((a, b) => a - b);
  let first = 0;
  return sorted.reduce((found, at, i) => {
    while (sorted[first]! <= at - ms) first++;
    return Math.max(found, i - first + 1);
  }, 0);
}
