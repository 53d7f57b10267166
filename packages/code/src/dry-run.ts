import type { ModuleCheck } from './module-check.js';
import type { LiveModule } from './live-module.js';
import type { LiveOperation } from './operations.js';
import type { ServerParts } from './server-parts.js';
import { count } from './figures.js';

/** The clock is read once for so many states. */
const LOOKED_AT = 16;

/** Tries `codeChange` on copies of live states, in the thread of the check, and ends the operation `checked`. */
export async function dryRun(
  parts: ServerParts,
  operation: LiveOperation,
  check: ModuleCheck,
  name: string,
): Promise<void> {
  operation.change({ phase: 'dry_run' });
  const module = parts.modules.get(name);
  if (module === undefined)
    return operation.end({ phase: 'checked', reason: `${name} is new: it would be started`, dryRunReport: nothing });
  const { live } = module.rollout;
  const states = await copiesOf(parts, module);
  const { moved, threw, errors, shapes } = await check.migrate({ from: live.version, states });
  const instances = Math.max(live.stats.instances, states.length);
  const dryRunReport = { instances, tried: states.length, wouldMove: moved, wouldThrow: threw, errors, shapes };
  const tried = states.length < instances ? `of ${count(states.length)} tried ` : '';
  const thrown = threw === 0 ? '' : `, ${count(threw)} would throw: ${errors[0]}`;
  operation.end({ phase: 'checked', reason: `${tried}${count(moved)} would move${thrown}`, dryRunReport });
}

const nothing = { instances: 0, tried: 0, wouldMove: 0, wouldThrow: 0, errors: [], shapes: [] };

async function copiesOf({ options }: ServerParts, { host, name }: LiveModule): Promise<unknown[]> {
  const { clock, sliceMs, dryRunStates } = options;
  const states: unknown[] = [];
  const cursor = host.instances(name);
  try {
    for (let until = clock.mono() + sliceMs; states.length < dryRunStates;) {
      const instance = cursor.next();
      if (instance === undefined) break;
      states.push(instance.copyState());
      if (states.length % LOOKED_AT !== 0 || clock.mono() < until) continue;
      await new Promise<void>((resolve) => clock.nextTurn(resolve));
      until = clock.mono() + sliceMs;
    }
  } finally {
    cursor.close();
  }
  return states;
}
