import { Random } from './random.js';

/** How a client lives. */
export type Role =
  | 'steady' // stays connected, acks in the turn
  | 'slow' // acks late and in pieces, sometimes does not read at all
  | 'flapper' // disconnects at random, connects again while the old connection is open
  | 'away' // connects when the traffic is over
  | 'visitor' // connects now and then for a moment
  | 'anonymous' // names no `client` in HELLO
  | 'loser' // loses the state that numbers its SENDs
  | 'twin' // two devices with a `client` each, of which one is connected
  | 'forgetful'; // loses its newest answers when it disconnects, and resends what they answered

/** One user. Times in ms. */
export interface UserPlan {
  readonly name: string;
  readonly role: Role;
  readonly seed: number;
  /** Messages this user sends. */
  readonly sends: number;
  /** HELLO `window`. */
  readonly window: number;
  /** Most SENDs and READs it leaves unanswered. */
  readonly unanswered: number;
  /** How long between two bursts, and how many messages are in one. */
  readonly pauseMs: readonly [number, number];
  readonly burst: number;
  /** How late it processes and acks; 0 = in the turn of the arrival. */
  readonly ackMs: number;
  /** Bodies are up to this long; one in 100 is 20 times as long. */
  readonly bodyBytes: number;
  /** Chance of a READ for each batch it has processed. */
  readonly readChance: number;
}

/** Who is killed: the node, the node and its parent at once, or the parent (then the node must end by itself). */
export type Victim = 'node' | 'both' | 'parent';

export interface KillPlan {
  /** After so many SENDs of all clients (resends not counted), and then so many ms more. */
  readonly afterSends: number;
  readonly delayMs: number;
  readonly victim: Victim;
  /** Further kills of the node that starts after it, each so many ms after that process was seen. */
  readonly againMs: readonly number[];
}

/** What happens in one round. All of it follows from the seed; when it happens follows from the machine too. */
export interface Scenario {
  readonly seed: number;
  readonly messages: number;
  readonly users: readonly UserPlan[];
  readonly kills: readonly KillPlan[];
  /** Kill the very first start so many ms after it began; -1 = let it be. */
  readonly killFirstStartMs: number;
  /** Pending messages a mailbox may hold: small in some rounds, so that there are rejections; 0 = as configured. */
  readonly mailboxMessages: number;
}

export interface ScenarioOptions {
  /** SENDs in all (READs come on top). */
  readonly messages: number;
  /** How long a start of the node takes, about: further kills fall into it. */
  readonly startMs: number;
}

/** Roles and how many of 48 users have them. */
const population: readonly (readonly [Role, number])[] = [
  ['steady', 16],
  ['slow', 6],
  ['flapper', 6],
  ['away', 6],
  ['visitor', 3],
  ['anonymous', 3],
  ['loser', 3],
  ['twin', 2],
  ['forgetful', 3],
];

/** Draws the scenario of one round. */
export function drawScenario(seed: number, { messages, startMs }: ScenarioOptions): Scenario {
  const random = new Random(seed);
  const roles = population.flatMap(([role, count]) => Array.from({ length: count }, () => role));
  const senders = roles.filter((role) => role !== 'away').length;
  let left = messages;
  let sendersLeft = senders;
  const users = roles.map((role, i) => {
    const sends = role === 'away' ? 0 : Math.ceil(left / sendersLeft--);
    left -= sends;
    return drawUser(`${role}-${i}`, role, sends, random.fork());
  });
  return {
    seed,
    messages,
    users,
    kills: drawKills(messages, startMs, random),
    killFirstStartMs: random.chance(0.2) ? random.between(0, startMs) : -1,
    mailboxMessages: random.chance(0.3) ? random.between(20, 200) : 0,
  };
}

function drawUser(name: string, role: Role, sends: number, random: Random): UserPlan {
  const eager = role === 'steady' && random.chance(0.3);
  return {
    name,
    role,
    seed: random.between(1, 2 ** 31),
    sends,
    window: random.pick(role === 'slow' ? [1, 2, 8, 64] : [4, 32, 256, 256, 1024, 4096]),
    unanswered: random.pick([1, 8, 32, 100, 256]),
    pauseMs: eager ? [0, 1] : [1, random.between(4, 20)],
    burst: random.pick(eager ? [2, 4] : [2, 8, 30]),
    ackMs: role === 'slow' ? random.between(5, 60) : random.chance(0.3) ? random.between(1, 8) : 0,
    bodyBytes: random.pick([16, 100, 100, 400]),
    readChance: random.pick([0, 0.05, 0.3]),
  };
}

function drawKills(messages: number, startMs: number, random: Random): KillPlan[] {
  const kills: KillPlan[] = [];
  for (let count = random.between(3, 4); count > 0; count--) {
    const againMs: number[] = [];
    while (againMs.length < 2 && random.chance(0.3)) againMs.push(random.next() * startMs * 1.3);
    const victim = random.pick<Victim>(['node', 'node', 'node', 'node', 'both', 'both', 'parent']);
    kills.push({ afterSends: random.between(1, messages), delayMs: random.next() * 12, victim, againMs });
  }
  return kills.sort((a, b) => a.afterSends - b.afterSends);
}
