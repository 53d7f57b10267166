import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { check } from '../crash/checker.js';
import { ClientActor } from '../crash/client-actor.js';
import { EventClock } from '../crash/event-log.js';
import { RouterProcess } from '../crash/router-process.js';
import type { Scenario } from '../crash/scenario.js';
import { Violations } from '../crash/violation.js';
import type { Violation } from '../crash/violation.js';
import { until } from '../crash/waiting.js';
import { pastAfter } from './past.js';
import type { PowerCut } from './power-test.js';
import { worldOf } from './recording.js';

const restLimitMs = 30_000;
/** Nothing may have happened for so long for all to be at rest. */
const silenceMs = 120;

export interface SecondLife {
  readonly violations: readonly Violation[];
  /** Messages that the router has found in its store. */
  readonly known: number;
}

/** Starts a router on what a power cut has left, lets the same people go on until all is at rest, and checks all that they saw before and after. */
export async function goOn(cut: PowerCut, scenario: Scenario, root: string): Promise<SecondLife> {
  // one that dies of what it finds does so at every start
  const router = new RouterProcess({ root, env: { MAILBEAM_RESTART_INTENSITY: '2' } });
  const violations = new Violations();
  const complain = (rule: 'drain' | 'ledger' | 'store', text: string): void => {
    if (text !== '') violations.add(rule, '', undefined, text);
  };
  const clock = new EventClock();
  clock.n = cut.n;
  clock.at = cut.at;
  const world = worldOf(
    scenario,
    () => router.url,
    clock,
    () => undefined,
  );
  const people = scenario.users.map((plan) => {
    const events = cut.logs.find(({ user }) => user === plan.name)?.events ?? [];
    return new ClientActor({ ...plan, sends: 0 }, world, pastAfter(plan.name, events, clock, cut.bodyBytes));
  });
  let known = 0;
  try {
    if (cut.dataFile !== undefined) writeFileSync(join(router.data, 'data.mdb'), cut.dataFile);
    await router.start();
    known = (await router.status())?.pendingMessages ?? 0;
    for (const person of people) {
      person.start();
      person.settle();
    }
    const silent = async (): Promise<boolean> => {
      const { n } = clock;
      if (!people.every(({ idle }) => idle)) return false;
      await delay(silenceMs);
      return clock.n === n && (await router.status())?.pending === 0;
    };
    if (!(await until(silent, restLimitMs, 20))) complain('drain', await stuck(router, people));
    const { pending, pendingMessages, imbalance } = (await router.status()) ?? {};
    if (pending !== 0 || pendingMessages !== 0 || imbalance !== 0)
      complain('ledger', `at rest: pending ${pending}, messages ${pendingMessages}, imbalance ${imbalance}`);
    for (const person of people) person.stop();
    complain('drain', await router.stop());
    complain('store', await router.checkStore());
    for (const text of router.complaints) complain('drain', text);
  } catch (error) {
    complain('drain', (error as Error).message);
  } finally {
    for (const person of people) person.stop();
    await router.dispose(false);
  }
  const facts = { kills: [{ n: cut.n, at: cut.at }], allowedRejections: [], restN: 0 };
  const logs = people.map(({ log }) => log);
  return { violations: [...violations.list, ...check(logs, facts)], known };
}

async function stuck(router: RouterProcess, people: readonly ClientActor[]): Promise<string> {
  const pending = (await router.status())?.pending;
  const busy = people.filter(({ idle }) => !idle).map(({ obstacle }) => obstacle);
  return `the router counts ${pending} pending; ${busy.join('; ') || 'every client is idle'}\n${router.output.slice(-1500)}`;
}
