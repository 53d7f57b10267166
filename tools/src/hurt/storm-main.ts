import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { checkoutRoot } from '../checkout.js';
import { RouterProcess } from '../crash/router-process.js';
import { wholeNumber } from '../whole-number.js';
import { clockSteps } from './clock-steps.js';
import { HeapProbe } from '../soak/heap-probe.js';
import { hostilePeers, tormentNames } from './hostile/hostile-peers.js';
import type { TormentName } from './hostile/hostile-peers.js';
import { hostileSettings } from './hostile/torment.js';
import { massReturn, returnSettings } from './mass-return.js';
import { SteppedClock } from './stepped-clock.js';
import { deep, fanIn, logins } from './storms.js';
import type { Weather } from './storms.js';
import { Talker } from './talker.js';
import { Witness } from './witness.js';

const storms = ['logins', 'return', 'deep', 'fan-in', 'clock', 'hostile'] as const;
type Storm = (typeof storms)[number];

interface Flags {
  readonly only?: Storm;
  readonly people: number;
  readonly messages: number;
  readonly torments: readonly TormentName[];
  readonly peers: number;
  readonly messagesEach: number;
  readonly opens: number;
  readonly pairs: number;
  readonly slackMs: number;
  readonly hellosWaiting: number;
  readonly patienceMs: number;
  readonly settleMs: number;
  readonly root: string;
}

const flags = new Command('storm-test')
  .description('Storms a router, steps its clock and torments it, and sees whether others notice.')
  .addOption(new Option('--only <storm>', 'one of them').choices(storms))
  .option('--people <n>', 'who log in, 3,000 a second, and who are cut and back at once', wholeNumber(1), 15_000)
  .option('--messages <n>', 'in one mailbox', wholeNumber(1), 1_000_000)
  .addOption(new Option('--torments <names...>', 'of hostile peers').choices(tormentNames).default(tormentNames))
  .option('--peers <n>', 'hostile ones of a kind', wholeNumber(1), 10)
  .option('--messages-each <n>', 'to a hostile peer', wholeNumber(1), 800)
  .option('--opens <n>', 'connections that are opened and closed', wholeNumber(1), 10_000)
  .option(
    '--pairs <n>',
    'how often others are measured without and with hostile peers; 0: not at all',
    wholeNumber(0),
    3,
  )
  .option('--slack-ms <ms>', 'what others may have to wait besides, on a machine with other work', wholeNumber(0), 2)
  .option('--hellos-waiting <n>', 'limits.hellosWaiting of the router', wholeNumber(0), 20_000)
  .option('--patience-ms <ms>', 'longest wait for what must come', wholeNumber(1), Talker.patienceMs)
  .option('--settle-ms <ms>', 'longest wait until what hostile peers have cost is let go', wholeNumber(1), 60_000)
  .option('--root <root>', 'checkout whose packages/cli/bin/mailbeam.js is started', checkoutRoot)
  .parse()
  .opts<Flags>();

Talker.patienceMs = flags.patienceMs;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

for (const storm of storms) {
  if (flags.only !== undefined && flags.only !== storm) continue;
  print(`${storm}:`);
  try {
    await run(storm);
  } catch (error) {
    print(`FAILED: ${(error as Error).message}`);
    process.exitCode = 1;
    break;
  }
}
if (process.exitCode !== 1) print('passed');
process.exit();

async function run(storm: Storm): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'mailbeam-storm-'));
  const clock = new SteppedClock(directory);
  const probe = new HeapProbe(directory);
  const router = new RouterProcess({
    root: flags.root,
    env: {
      MAILBEAM_LIMITS_HELLOS_WAITING: String(flags.hellosWaiting),
      MAILBEAM_LIMITS_MAILBOX_MESSAGES: '2000000',
      MAILBEAM_LIMITS_MAILBOX_BYTES: String(2 ** 40),
      MAILBEAM_LOG_LEVEL: 'error',
      ...(storm === 'return' && returnSettings),
      ...(storm === 'clock' && clock.env),
      ...(storm === 'hostile' && { ...hostileSettings, ...probe.env }),
    },
  });
  let witness: Witness | undefined;
  try {
    await router.start();
    witness = await Witness.start(router.port);
    const weather: Weather = { router, witness, slackMs: flags.slackMs, print };
    if (storm === 'logins') await logins(weather, flags.people);
    else if (storm === 'return') await massReturn(weather, flags);
    else if (storm === 'deep') await deep(weather, flags.messages);
    else if (storm === 'fan-in') await fanIn(weather, 200, 5_000);
    else if (storm === 'clock') await clockSteps(weather, clock);
    else await hostilePeers(weather, probe, flags);
  } finally {
    await witness?.end();
    await router.dispose(false);
    rmSync(directory, { recursive: true, force: true });
  }
}
