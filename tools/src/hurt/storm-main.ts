import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { checkoutRoot } from '../checkout.js';
import { RouterProcess } from '../crash/router-process.js';
import { wholeNumber } from '../whole-number.js';
import { clockSteps } from './clock-steps.js';
import { hostilePeers, hostileSettings } from './hostile-peers.js';
import { SteppedClock } from './stepped-clock.js';
import { deep, fanIn, logins } from './storms.js';
import type { Weather } from './storms.js';
import { Talker } from './talker.js';
import { Witness } from './witness.js';

const storms = ['logins', 'deep', 'fan-in', 'clock', 'hostile'] as const;
type Storm = (typeof storms)[number];

interface Flags {
  readonly only?: Storm;
  readonly people: number;
  readonly messages: number;
  readonly opens: number;
  readonly pairs: number;
  readonly slackMs: number;
  readonly hellosWaiting: string;
  readonly patienceMs: number;
  readonly root: string;
}

const flags = new Command('storm-test')
  .description('Storms a router, steps its clock and torments it, and sees whether others notice.')
  .addOption(new Option('--only <storm>', 'one of them').choices(storms))
  .option('--people <n>', 'who log in, 3,000 a second, and are cut at once', wholeNumber(1), 15_000)
  .option('--messages <n>', 'in one mailbox', wholeNumber(1), 1_000_000)
  .option('--opens <n>', 'connections that are opened and closed', wholeNumber(1), 10_000)
  .option('--pairs <n>', 'how often others are measured without and with hostile peers', wholeNumber(1), 3)
  .option('--slack-ms <ms>', 'what others may have to wait besides, on a machine with other work', wholeNumber(0), 2)
  .option('--hellos-waiting <n>', 'limits.hellosWaiting of the router', '20000')
  .option('--patience-ms <ms>', 'longest wait for what must come', wholeNumber(1), Talker.patienceMs)
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
  const router = new RouterProcess({
    root: flags.root,
    env: {
      MAILBEAM_LIMITS_HELLOS_WAITING: flags.hellosWaiting,
      MAILBEAM_LIMITS_MAILBOX_MESSAGES: '2000000',
      MAILBEAM_LIMITS_MAILBOX_BYTES: String(2 ** 40),
      MAILBEAM_LOG_LEVEL: 'error',
      ...(storm === 'clock' && clock.env),
      ...(storm === 'hostile' && hostileSettings),
    },
  });
  let witness: Witness | undefined;
  try {
    await router.start();
    witness = await Witness.start(router.port);
    const weather: Weather = { router, witness, slackMs: flags.slackMs, print };
    if (storm === 'logins') await logins(weather, flags.people);
    else if (storm === 'deep') await deep(weather, flags.messages);
    else if (storm === 'fan-in') await fanIn(weather, 200, 5_000);
    else if (storm === 'clock') await clockSteps(weather, clock);
    else await hostilePeers(weather, flags);
  } finally {
    await witness?.end();
    await router.dispose(false);
    rmSync(directory, { recursive: true, force: true });
  }
}
