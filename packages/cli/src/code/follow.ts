import { setTimeout as wait } from 'node:timers/promises';
import type { Operation } from '@mailbeam/router';
import { AdminRefusal } from '../admin-refusal.js';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';
import type { CodeAccess } from './code-access.js';

/** How an operation is followed. */
export interface FollowOptions {
  /** Ends the following; the operation goes on. */
  readonly signal: AbortSignal;
  /** The router does not answer any more: it is asked again until it does. */
  readonly onLost: (reason: string) => void;
  /** How long it is asked again, ms. Default 60,000: a node that died is started again well within. */
  readonly lostMs?: number;
  /** Between two questions, ms. Default 100. */
  readonly pauseMs?: number;
}

/** Longest that the router holds an answer back while nothing changes; it allows no more. */
const heldMs = 20_000;

/**
 * An operation each time it has changed, until it has ended or the signal comes. It survives a router that dies on the way: what
 * the new one makes of a rollout is another operation, and then that one is followed, or what is live then is its end.
 * @throws CliError UNREACHABLE when the router stays away, ERROR when nobody knows of the operation any more
 */
export async function* follow(
  access: CodeAccess,
  started: Operation,
  options: FollowOptions,
): AsyncGenerator<Operation, void> {
  const { signal, onLost, lostMs = 60_000, pauseMs = 100 } = options;
  let operation = started;
  let lostAt: number | undefined;
  const over = aborted(signal);
  yield operation;
  while (!operation.ended && !signal.aborted) {
    try {
      const next = await Promise.race([changed(access, operation), over]);
      if (next === undefined) return;
      lostAt = undefined;
      if (next.id !== operation.id || next.seq > operation.seq) yield (operation = next);
    } catch (error) {
      if (!(error instanceof CliError) || error.exitStatus !== ExitCode.UNREACHABLE) throw error;
      if (lostAt === undefined) onLost(error.message);
      lostAt ??= performance.now();
      if (performance.now() - lostAt > lostMs) throw error;
    }
    if (!operation.ended) await wait(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

async function changed(access: CodeAccess, operation: Operation): Promise<Operation> {
  try {
    return await access.operation(operation.id, operation.seq, heldMs);
  } catch (error) {
    if (!(error instanceof AdminRefusal) || error.code !== 'unknown_operation') throw error;
    const goesOn = (await access.operations()).find((one) => resumes(one, operation));
    const end = goesOn ?? (await endAfterDeath(access, operation));
    if (end !== undefined) return end;
    throw new CliError(
      ExitCode.ERROR,
      `the router was started again meanwhile and does not know of this ${operation.what} any more`,
      `\`mailbeam versions${operation.name === undefined ? '' : ` ${operation.name}`}\` shows what is live`,
      { cause: error },
    );
  }
}

/** A router that was started again took it back before it answered, or kept it: what is live tells which. */
async function endAfterDeath(access: CodeAccess, operation: Operation): Promise<Operation | undefined> {
  const module = (await access.versions()).find(({ name }) => name === operation.name);
  if (module?.live === undefined) return undefined;
  const phase = module.live === operation.version ? 'kept' : 'rolled_back';
  const reason = 'the node died meanwhile and was started again';
  return { ...operation, seq: operation.seq + 1, phase, ended: true, reason };
}

function resumes(one: Operation, other: Operation): boolean {
  return one.what === 'resume' && one.name === other.name && one.startedAt >= other.startedAt;
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
