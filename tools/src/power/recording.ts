import { dirname } from 'node:path';
import { ClientActor } from '../crash/client-actor.js';
import { EventClock } from '../crash/event-log.js';
import { until } from '../crash/waiting.js';
import type { Scenario } from '../crash/scenario.js';
import type { World } from '../crash/world.js';
import { readTrace } from './strace.js';
import type { SystemCall } from './strace.js';
import { TracedRouter } from './traced-router.js';

/** Longest time for the traffic of a recording: a traced router is ten times as slow as another. */
const trafficLimitMs = 180_000;

/** What a router wrote to its disk and exchanged with its clients, in order. */
export interface Recording {
  readonly steps: readonly Step[];
}

/** A call on the data file, on its directory or on a socket. What was sent counts from the begin of its call, all else from the end. */
export interface Step {
  readonly on: 'file' | 'directory' | 'socket';
  readonly call: SystemCall;
}

/** Lets the people of `scenario` talk through a router under strace, and ends it in the middle. */
export async function record(scenario: Scenario, root: string): Promise<Recording> {
  const router = new TracedRouter(root);
  try {
    await router.start();
    await talk(scenario, router.url);
    await router.end();
    return { steps: await stepsOf(router.trace, router.dataFile) };
  } finally {
    await router.dispose();
  }
}

/** What people share who talk through `url`; messages with a ttl are not sent. */
export function worldOf({ users }: Scenario, url: () => string, clock: EventClock, onSent: () => void): World {
  let ids = 0;
  return {
    get url() {
      return url();
    },
    clock,
    names: users.map(({ name }) => name),
    awayNames: users.filter(({ role }) => role === 'away' || role === 'visitor').map(({ name }) => name),
    nextId: () => ++ids,
    ttlAllowed: false,
    onSent,
    onWelcome: () => undefined,
    onElided: () => undefined,
  };
}

async function talk(scenario: Scenario, url: string): Promise<void> {
  let sent = 0;
  const world = worldOf(
    scenario,
    () => url,
    new EventClock(),
    () => sent++,
  );
  const people = scenario.users.map((plan) => new ClientActor(plan, world));
  for (const person of people) person.start();
  const isOver = await until(() => sent >= scenario.messages, trafficLimitMs);
  for (const person of people) person.stop();
  if (!isOver) throw new Error(`only ${sent} of ${scenario.messages} messages left within ${trafficLimitMs / 1000} s`);
}

const onSockets = new Set(['sendto', 'sendmsg', 'write', 'writev', 'recvfrom', 'recvmsg', 'close']);
const outward = new Set(['sendto', 'sendmsg', 'write', 'writev']);

async function stepsOf(trace: string, dataFile: string): Promise<Step[]> {
  const steps: Step[] = [];
  const directory = dirname(dataFile);
  const placeOf = (name: string, target: string): Step['on'] | undefined =>
    target === dataFile
      ? 'file'
      : target === directory
        ? 'directory'
        : target.startsWith('socket:') && onSockets.has(name)
          ? 'socket'
          : undefined;
  await readTrace(
    trace,
    (name, target) => placeOf(name, target) !== undefined,
    (call) => steps.push({ on: placeOf(call.name, call.target)!, call }),
  );
  return steps.sort((a, b) => positionOf(a) - positionOf(b));
}

function positionOf({ on, call }: Step): number {
  return on === 'socket' && outward.has(call.name) ? call.begun : call.ended;
}
