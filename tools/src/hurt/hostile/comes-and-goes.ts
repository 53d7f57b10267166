import { connect } from 'node:net';
import { RawConnection, UpgradeRefused } from '../../load/raw-connection.js';
import { must, page, see } from '../expecting.js';
import { Talker } from '../talker.js';
import { bound } from './torment.js';
import type { Stage, Torment } from './torment.js';

const AT_A_TIME = 50;
const NAMES = 500;
/** Connections beyond `limits.connections`. */
const TOO_MANY = 20;

/** Opens and closes connections again and again: before the upgrade, after it, and after HELLO. */
export async function comesAndGoes(stage: Stage): Promise<Torment> {
  const { router, scale } = stage;
  const busy = comeAndGo(router.port, scale.opens);
  busy.catch(() => undefined); // heard of where it is awaited
  return { busy, look: () => crowdOut(stage) };
}

/** So many at a time. */
export async function comeAndGo(port: number, times: number): Promise<void> {
  let left = times;
  const one = async (): Promise<void> => {
    while (left > 0) {
      const kind = left-- % 3;
      if (kind === 0) {
        const socket = connect({ host: '127.0.0.1', port }).on('error', () => undefined);
        await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
        socket.resetAndDestroy();
      } else if (kind === 1) (await RawConnection.open({ port })).reset();
      else (await Talker.login(port, `visitor-${left % NAMES}`)).end();
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, one));
}

/** Opens as many connections as there may be, and more, and lets them go. */
async function crowdOut({ router }: Stage): Promise<void> {
  await see(router, 'no visitor is left', ({ connections }) => connections < bound('MAILBEAM_LIMITS_CONNECTIONS') / 2);
  const { connections } = (await page(router))!;
  const room = bound('MAILBEAM_LIMITS_CONNECTIONS') - connections;
  const open: RawConnection[] = [];
  const refused: UpgradeRefused[] = [];
  for (let i = 0; i < room + TOO_MANY; i++) {
    try {
      open.push(await RawConnection.open({ port: router.port }));
    } catch (error) {
      if (!(error instanceof UpgradeRefused)) throw error;
      refused.push(error);
    }
  }
  for (const connection of open) connection.reset();
  must(
    refused.length >= TOO_MANY &&
      refused.every(({ status, head }) => status === 503 && /\nretry-after: \d/i.test(head)),
    `${refused.length} are refused of ${TOO_MANY} beyond limits.connections, and told when to come back`,
  );
  await see(router, 'they are gone', (now) => now.connections <= connections);
  (await Talker.login(router.port, 'visitor-after')).end();
}
