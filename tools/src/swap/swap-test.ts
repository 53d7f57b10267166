import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Operation } from '@mailbeam/router';
import { AdminClient } from './admin-client.js';
import { writeBaseSession, writeVersion } from './modules.js';
import type { Plant, Swapped } from './modules.js';
import { PeopleFleet } from './people-fleet.js';
import type { PeopleCount } from './people-jobs.js';
import { StartedRouter } from './started-router.js';
import { CANARY, swapPlan } from './swap-plan.js';
import type { Swap } from './swap-plan.js';

export interface SwapTestOptions {
  /** The checkout whose router is started. */
  readonly root: string;
  readonly connections: number;
  readonly swaps: number;
  /** Messages a second in all. */
  readonly perSecond: number;
  readonly canaryGateMs: number;
  /** A fault in the modules that the people must find; default none. */
  readonly plant?: Plant;
  /** How long what is under way may take at the end; default 30,000. */
  readonly quietLimitMs?: number;
  readonly print: (line: string) => void;
}

/** What became of a test. */
export interface SwapTestResult {
  readonly swaps: number;
  readonly rollbacks: number;
  readonly canaries: number;
  /** Swaps during whose move messages were delivered. */
  readonly underTraffic: number;
  /** Instances that were moved, in all. */
  readonly moved: number;
  readonly count: PeopleCount;
  readonly nodeCrashes: number;
  /** Why it failed; empty when it passed. */
  readonly faults: readonly string[];
}

/** One in so many messages goes to the service. */
const SERVICE_PART = 8;
const QUIET_LIMIT_MS = 30_000;

/**
 * Swaps a service, an interceptor and the session itself again and again under steady traffic, and lets the people say what
 * they have seen.
 */
export async function swapTest(options: SwapTestOptions): Promise<SwapTestResult> {
  const { print } = options;
  const dir = mkdtempSync(join(tmpdir(), 'mailbeam-swap-'));
  const handlers = join(dir, 'handlers');
  mkdirSync(handlers);
  writeBaseSession(handlers, options.root);
  const router = await StartedRouter.start(options.root, join(dir, 'data'), {
    MAILBEAM_CODE_HANDLERS: handlers,
    MAILBEAM_LOG_LEVEL: 'warn',
  });
  const people = new PeopleFleet();
  try {
    const admin = new AdminClient(router.adminPort, router.data);
    const test = new SwapRun(admin, handlers, people, options);
    for (const module of ['counter', 'stamp', 'session'] as const) await test.load(module, {});
    await people.run({ do: 'login', port: router.port, count: options.connections, overMs: options.connections });
    print(`${options.connections} people are there`);
    await people.run({ do: 'talk', perSecond: options.perSecond, servicePart: SERVICE_PART });
    await delay(1_000);
    for (const swap of swapPlan(options.swaps)) await test.swap(swap);
    const count = await people.run({ do: 'fall_silent', limitMs: options.quietLimitMs ?? QUIET_LIMIT_MS });
    await people.run({ do: 'logout' });
    return test.result(count, router.restarts);
  } finally {
    await people.close();
    await router.stop();
    rmSync(dir, { recursive: true, force: true });
    if (router.output !== '') print(router.output.slice(-4_000));
  }
}

class SwapRun {
  readonly #admin: AdminClient;
  readonly #handlers: string;
  readonly #people: PeopleFleet;
  readonly #options: SwapTestOptions;
  readonly #next = new Map<Swapped, number>();
  readonly #faults: string[] = [];
  #done = 0;
  #rollbacks = 0;
  #canaries = 0;
  #underTraffic = 0;
  #moved = 0;

  constructor(admin: AdminClient, handlers: string, people: PeopleFleet, options: SwapTestOptions) {
    this.#admin = admin;
    this.#handlers = handlers;
    this.#people = people;
    this.#options = options;
  }

  load(module: Swapped, options: { readonly canary?: number; readonly gateMs?: number }): Promise<Operation> {
    const n = this.#next.get(module) ?? 0;
    this.#next.set(module, n + 1);
    return this.#admin.load(writeVersion(this.#handlers, module, n, this.#options.plant), { gateMs: 0, ...options });
  }

  async swap(swap: Swap): Promise<void> {
    const before = await this.#people.run({ do: 'count' });
    const began = performance.now();
    const operation = await this.#start(swap);
    const after = await this.#people.run({ do: 'count' });
    const delivered = after.delivered + after.replies - before.delivered - before.replies;
    this.#done++;
    this.#moved += operation.moved;
    if (swap.how === 'rollback') this.#rollbacks++;
    if (swap.how === 'canary') this.#canaries++;
    if (delivered > 0) this.#underTraffic++;
    if (operation.phase !== 'kept')
      this.#faults.push(`${swap.how} of ${swap.module} ended ${operation.phase}: ${operation.reason}`);
    const ms = Math.round(performance.now() - began);
    this.#options.print(
      `${String(this.#done).padStart(3)} ${swap.how.padEnd(8)} ${swap.module.padEnd(7)} ${String(operation.version ?? '').padEnd(7)}` +
        ` moved ${operation.moved}, ${ms} ms, ${delivered} delivered meanwhile, p99 ${after.p99.toFixed(1)} ms, most ${after.most.toFixed(1)} ms` +
        (after.violationCount > 0 ? `, ${after.violationCount} VIOLATIONS: ${after.violations[0]}` : ''),
    );
  }

  #start({ module, how }: Swap): Promise<Operation> {
    if (how === 'rollback') return this.#admin.rollback(module);
    return this.load(module, how === 'canary' ? { canary: CANARY, gateMs: this.#options.canaryGateMs } : {});
  }

  result(count: PeopleCount, nodeCrashes: number): SwapTestResult {
    const faults = [...this.#faults, ...count.violations];
    if (count.closed > 0) faults.push(`${count.closed} connections were closed`);
    if (nodeCrashes > 0) faults.push(`the node died ${nodeCrashes} times`);
    if (count.sent === 0 || count.replies === 0 || count.calls === 0) faults.push('there was no traffic');
    return {
      swaps: this.#done,
      rollbacks: this.#rollbacks,
      canaries: this.#canaries,
      underTraffic: this.#underTraffic,
      moved: this.#moved,
      count,
      nodeCrashes,
      faults,
    };
  }
}
