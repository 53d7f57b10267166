import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { FrameWriter } from '@mailbeam/protocol';
import { until } from '../crash/waiting.js';
import { RawConnection } from '../load/raw-connection.js';
import { encodeWsFrame, WsOp } from '../load/ws-frame.js';
import { named, store } from './crowd.js';
import { must, page, see } from './expecting.js';
import type { Weather } from './storms.js';
import { Talker } from './talker.js';
import type { WitnessWindow } from './witness-process.js';

/** Short times, so that the test need not wait for the usual ones. */
export const hostileSettings = {
  MAILBEAM_HELLO_TIMEOUT_MS: '2000',
  MAILBEAM_SLOW_CONSUMER_MS: '2000',
  // more than the kernel takes for a socket that nobody reads: else nobody would be a slow consumer
  MAILBEAM_LIMITS_INFLIGHT_BYTES: String(32 << 20),
} as const;

const PEERS = 10;
const MESSAGES_EACH = 800;
const BODY_BYTES = 16_384;
const LOAD = { bodyBytes: BODY_BYTES, perSecond: 1_000 } as const;
const GREEDY_WINDOW = 64;
/** What those who do not read or ack may cost beyond people who are away: what is in flight to them, 1 MiB read ahead each, and slack. */
const mostMemory = 2 * PEERS * (13 << 20);
/** How the others are judged. */
export interface HostileJudgement {
  /** Connections that are opened and closed, in all. */
  readonly opens: number;
  /** How often it is measured without and with them, in turn: the medians are compared. */
  readonly pairs: number;
}

/** What others noticed of one pair of windows. */
interface Pair {
  readonly without: WitnessWindow;
  readonly with: WitnessWindow;
}

/**
 * People who do not read, do not ack, trickle, hang up in the middle and come and go, all at once, and what others notice of it: their p99 at most doubles, against
 * windows of the same run in which as many messages go to people who are away.
 */
export async function hostilePeers(weather: Weather, { opens, pairs }: HostileJudgement): Promise<void> {
  const { router, slackMs, print } = weather;
  const memory = new MemoryWatch((await page(router))!.pid);
  const measured: Pair[] = [];
  for (let nth = 1; nth <= pairs; nth++) {
    measured.push(await pair(weather, memory, nth, Math.ceil(opens / pairs)));
    await see(router, 'they are gone', ({ connections }) => connections === 2);
  }
  memory.end();
  const before = median(measured.map(({ without }) => without.p99));
  const during = median(measured.map((one) => one.with.p99));
  const ratio = median(measured.map((one) => one.with.p99 / one.without.p99));
  print(
    `  p99 of others, median of ${pairs}: ${before.toFixed(1)} ms without them, ${during.toFixed(1)} with them, ratio ${ratio.toFixed(2)}`,
  );
  must(
    ratio <= 2 || during <= 2 * before + slackMs,
    `others wait ${during.toFixed(1)} ms at p99, not ${before.toFixed(1)}: ratio ${ratio.toFixed(2)}, at most 2`,
  );
}

/** A window without hostile peers and one with them, and what becomes of them. */
async function pair(weather: Weather, memory: MemoryWatch, nth: number, opens: number): Promise<Pair> {
  const { router, witness, print } = weather;
  const nodePid = (await page(router))!.pid;
  const [muteNames, greedyNames] = [named(`mute-${nth}-`, PEERS), named(`greedy-${nth}-`, PEERS)];
  await witness.take();
  // who is away costs the disk the same
  await store(router.port, named(`away-${nth}-`, 2 * PEERS), MESSAGES_EACH / 2, LOAD);
  const without = await witness.take();
  const memoryBefore = memory.most;
  const mute = await Promise.all(muteNames.map((name) => Talker.login(router.port, name, { window: 4_096 })));
  for (const talker of mute) talker.connection.pause();
  const greedy = await Promise.all(
    greedyNames.map((name) => Talker.login(router.port, name, { window: GREEDY_WINDOW, acks: false })),
  );
  const halves = await Promise.all(Array.from({ length: 100 }, () => halfHandshake(router.port)));
  const trickles = Promise.all(Array.from({ length: PEERS }, () => trickle(router.port)));
  const comings = comeAndGo(router.port, opens);
  await store(router.port, [...muteNames, ...greedyNames], MESSAGES_EACH, LOAD);
  await comings;
  const during = await witness.take();
  report(print, 'messages to people who are away', without);
  report(print, 'as many to hostile peers', during);
  const grown = memory.most - memoryBefore;
  print(`  memory: at most ${memoryBefore >> 20} MiB before, ${memory.most >> 20} MiB with them`);
  must(without.messages > 0 && during.messages > 0, 'others go on');
  must(grown <= mostMemory, `memory has grown by ${grown >> 20} MiB, more than ${mostMemory >> 20}`);

  must(
    (await trickles).every((closed) => closed),
    'a HELLO of one byte a second is closed',
  );
  must(await until(() => halves.every(({ closed }) => closed), 60_000, 100), 'half a handshake is closed');
  for (const talker of mute) talker.connection.resume();
  await Promise.all(
    mute.map((talker) => talker.until(() => talker.closedWith !== '', 'the end of one that did not read')),
  );
  must(
    mute.every(({ closedWith }) => closedWith.startsWith('4008') || closedWith.startsWith('slow_consumer')),
    `those that do not read are closed as slow consumers: ${mute[0]!.closedWith}`,
  );
  must(
    greedy.every(({ closedWith }) => closedWith === ''),
    'who does not ack stays',
  );
  must(
    greedy.every(({ delivered }) => delivered === GREEDY_WINDOW),
    'and gets its window and no more',
  );
  const { pid, connections, ledger } = (await page(router))!;
  must(pid === nodePid, 'it is the same node');
  must(connections === 2 + PEERS, `${connections} connections are left, not ${2 + PEERS}`);
  must(ledger.imbalance === 0, 'the ledger balances');
  for (const talker of [...mute, ...greedy]) talker.end();
  return { without, with: during };
}

/** The middle one; the lower of two. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1] ?? Infinity;
}

function report(print: (line: string) => void, what: string, { messages, p50, p99, most }: WitnessWindow): void {
  print(
    `  others beside ${what}: ${messages} messages, p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}, most ${most.toFixed(1)} ms`,
  );
}

/** The most memory that a process has had which is no file, bytes. */
class MemoryWatch {
  most = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.#timer = setInterval(() => {
      const [, kilobytes = '0'] = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
      this.most = Math.max(this.most, Number(kilobytes) * 1024);
    }, 50);
  }

  end(): void {
    clearInterval(this.#timer);
  }
}

/** Opens and closes a connection again and again, 50 at a time: before the upgrade, after it, and after HELLO. */
async function comeAndGo(port: number, times: number): Promise<void> {
  let left = times;
  const one = async (): Promise<void> => {
    while (left > 0) {
      const kind = left-- % 3;
      if (kind === 0) {
        const socket = connect({ host: '127.0.0.1', port }).on('error', () => undefined);
        await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
        socket.resetAndDestroy();
      } else if (kind === 1) (await RawConnection.open({ port })).reset();
      else (await Talker.login(port, `visitor-${left % 500}`)).end();
    }
  };
  await Promise.all(Array.from({ length: 50 }, one));
}

/** An upgrade that ends in its middle. */
async function halfHandshake(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port }).on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.resume();
  socket.write('GET /v1/socket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: webso');
  return socket;
}

/** A HELLO of one byte a second; true when the router has closed the connection before its end. */
async function trickle(port: number): Promise<boolean> {
  let isClosed = false;
  const connection = await RawConnection.open({ port, onClose: () => (isClosed = true) });
  const writer = new FrameWriter();
  writer.hello('trickle', { window: 1 });
  for (const byte of encodeWsFrame(WsOp.BINARY, writer.take())) {
    if (isClosed) return true;
    connection.sendRaw(Uint8Array.of(byte));
    await delay(1_000);
  }
  return isClosed;
}
