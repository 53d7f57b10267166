import type { RouterProcess } from '../../crash/router-process.js';
import { until } from '../../crash/waiting.js';
import { named } from '../crowd.js';
import { must } from '../expecting.js';
import { Talker } from '../talker.js';
import { bound, BODY_BYTES } from './torment.js';
import type { Stage, Torment } from './torment.js';

async function isConnected(router: RouterProcess, name: string): Promise<boolean> {
  const view = (await router.page(`/inspect/${name}`)) as { readonly connection: object | null } | undefined;
  return view === undefined || view.connection !== null;
}

/** People who ask for all they can get, and do not read it. */
export async function doesNotRead({ router, scale, nth }: Stage): Promise<Torment> {
  const recipients = named(`mute-${nth}-`, scale.peers);
  const mute = await Promise.all(recipients.map((name) => Talker.login(router.port, name, { window: 4_096 })));
  for (const talker of mute) talker.connection.pause();
  return {
    recipients,
    mostBytes: scale.peers * Math.min(scale.messagesEach * BODY_BYTES, bound('MAILBEAM_LIMITS_INFLIGHT_BYTES')),
    async look() {
      // who reads again too early has only been slow
      const isClosed = async (name: string): Promise<boolean> => !(await isConnected(router, name));
      for (const name of recipients)
        must(await until(() => isClosed(name), scale.settleMs, 50), 'one that does not read is closed');
      for (const talker of mute) talker.connection.resume();
      await Promise.all(
        mute.map((talker) => talker.until(() => talker.closedWith !== '', 'the end of one that did not read')),
      );
      must(
        mute.every(({ closedWith }) => closedWith.startsWith('4008') || closedWith.startsWith('slow_consumer')),
        `those that do not read are closed as slow consumers: ${mute[0]!.closedWith}`,
      );
    },
    end() {
      for (const talker of mute) talker.end();
    },
  };
}
