import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { FrameWriter } from '@mailbeam/protocol';
import { until } from '../../crash/waiting.js';
import { RawConnection } from '../../load/raw-connection.js';
import { encodeWsFrame, WsOp } from '../../load/ws-frame.js';
import { Complaints, must } from '../expecting.js';
import type { Scale, Stage, Torment } from './torment.js';

const HALVES = 100;
/** One that says no HELLO in time. */
const HELLO_TIMEOUT = 4002;

/** A connection that comes to nothing. */
interface Attempt {
  /** Why it has ended; 0 = without a word; undefined while it has not. */
  readonly closeCode: number | undefined;
  end(): void;
}

/** Upgrades that end in their middle. */
export async function halfAnUpgrade({ router, scale }: Stage): Promise<Torment> {
  const halves = await times(HALVES, () => halfUpgrade(router.port));
  return attempted([{ what: 'half an upgrade', attempts: halves, closeCode: 0 }], scale);
}

/** Upgrades after which nothing comes, or a HELLO of one byte a second. */
export async function saysNoHello({ router, scale }: Stage): Promise<Torment> {
  const silent = await times(HALVES, () => opened(router.port));
  const trickling = await times(scale.peers, () => trickle(router.port));
  const kinds = [
    { what: 'a connection without a HELLO', attempts: silent, closeCode: HELLO_TIMEOUT },
    { what: 'a HELLO of one byte a second', attempts: trickling, closeCode: HELLO_TIMEOUT },
  ];
  return attempted(kinds, scale);
}

interface Kind {
  readonly what: string;
  readonly attempts: readonly Attempt[];
  /** With which each has to end. */
  readonly closeCode: number;
}

function attempted(kinds: readonly Kind[], { settleMs }: Scale): Torment {
  const all = kinds.flatMap(({ attempts }) => attempts);
  return {
    async look() {
      await until(() => all.every(({ closeCode }) => closeCode !== undefined), settleMs, 50);
      const complaints = new Complaints();
      for (const { what, attempts, closeCode } of kinds) {
        const found = [...new Set(attempts.map((one) => one.closeCode ?? 'not yet'))].join(', ');
        await complaints.note(() => must(found === String(closeCode), `${what} is closed: ${found}`));
      }
      complaints.end();
    },
    end() {
      for (const one of all) one.end();
    },
  };
}

const times = <T>(count: number, begin: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, begin));

async function halfUpgrade(port: number): Promise<Attempt> {
  const socket = connect({ host: '127.0.0.1', port }).on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.resume();
  socket.write('GET /v1/socket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: webso');
  return {
    get closeCode() {
      return socket.closed ? 0 : undefined;
    },
    end: () => void socket.destroy(),
  };
}

async function opened(port: number): Promise<Attempt & { send(byte: number): void }> {
  let closeCode: number | undefined;
  const connection = await RawConnection.open({ port, onClose: (code) => (closeCode = code) });
  return {
    get closeCode() {
      return closeCode;
    },
    send: (byte) => connection.sendRaw(Uint8Array.of(byte)),
    end: () => connection.reset(),
  };
}

async function trickle(port: number): Promise<Attempt> {
  const attempt = await opened(port);
  const writer = new FrameWriter();
  writer.hello('trickle', { window: 1 });
  const send = async (bytes: Uint8Array): Promise<void> => {
    for (const byte of bytes) {
      if (attempt.closeCode !== undefined) return;
      attempt.send(byte);
      await delay(1_000);
    }
  };
  void send(encodeWsFrame(WsOp.BINARY, writer.take()));
  return attempt;
}
