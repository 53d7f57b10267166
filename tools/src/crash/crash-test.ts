import { keepLogs } from './keep-logs.js';
import { describeKills, describeRound, describeViolations } from './report.js';
import { Round } from './round.js';
import type { RoundResult } from './round.js';
import type { KillRecord } from './exposure.js';
import { RouterProcess } from './router-process.js';
import type { RouterUnderTest } from './router-under-test.js';
import { drawScenario } from './scenario.js';
import type { Scenario } from './scenario.js';

export interface CrashTestOptions {
  readonly rounds: number;
  /** Seed of the first round; each further one has the next. */
  readonly seed: number;
  /** SENDs a round. */
  readonly messages: number;
  /** The checkout, or a mutant of it. */
  readonly root: string;
  /** About how long a node takes to start, ms: kills during the start fall into it. */
  readonly startMs: number;
  /** Go on after a round that failed. */
  readonly keepGoing: boolean;
  /** Leave the data directory of a round that failed where it is, and say where. */
  readonly keepData: boolean;
  readonly print: (line: string) => void;
  /** How a router is made for a scenario; default: in processes of its own, from `root`. */
  readonly makeRouter?: (scenario: Scenario) => RouterUnderTest;
}

/** What all rounds have shown. */
export interface CrashTestResult {
  /** Rounds with violations. */
  readonly failed: readonly RoundResult[];
  readonly kills: readonly KillRecord[];
  /** Classes of messages that no kill hit. */
  readonly missed: readonly string[];
}

/** Runs the rounds one after the other and says how they went. */
export async function crashTest(options: CrashTestOptions): Promise<CrashTestResult> {
  const failed: RoundResult[] = [];
  const kills: KillRecord[] = [];
  for (let i = 0; i < options.rounds; i++) {
    const scenario = drawScenario(options.seed + i, options);
    const result = await oneRound(scenario, i + 1, options);
    kills.push(...result.kills);
    if (result.violations.length > 0) failed.push(result);
    if (failed.length > 0 && !options.keepGoing) break;
  }
  const { line, missed } = describeKills(kills);
  options.print(line);
  if (missed.length > 0) options.print(`no kill hit ${missed.join(', ')} messages: this run proves nothing about them`);
  return { failed, kills, missed };
}

async function oneRound(scenario: Scenario, number: number, options: CrashTestOptions): Promise<RoundResult> {
  const router = (options.makeRouter ?? ((s) => processFor(s, options.root)))(scenario);
  let bad = true;
  try {
    const result = await new Round(scenario, router).run();
    bad = result.violations.length > 0;
    options.print(describeRound(number, options.rounds, result));
    if (bad) {
      for (const line of describeViolations(result.violations)) options.print(line);
      options.print(`  logs: ${keepLogs(result, router.output)}`);
      options.print(
        `  again: node tools/dist/crash/main.js --rounds 1 --seed ${scenario.seed} --messages ${scenario.messages}`,
      );
      options.print('  the checks alone: node tools/dist/crash/main.js --check LOGS');
    }
    return result;
  } finally {
    const isKept = bad && options.keepData;
    await router.dispose(isKept);
    if (isKept && router instanceof RouterProcess) options.print(`  data: ${router.data}`);
  }
}

function processFor(scenario: Scenario, root: string): RouterProcess {
  const { mailboxMessages } = scenario;
  return new RouterProcess({
    root,
    env: mailboxMessages > 0 ? { MAILBEAM_LIMITS_MAILBOX_MESSAGES: String(mailboxMessages) } : {},
  });
}
