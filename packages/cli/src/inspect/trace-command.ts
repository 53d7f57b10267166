import type { TraceLine } from '@mailbeam/router';
import { adminAccess } from '../admin-access.js';
import type { AdminFlags } from '../admin-flags.js';
import { durationMsWithin } from '../code/quantity.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { inspectError, routeOf } from './inspect-access.js';
import { TraceText } from './trace-text.js';

export interface TraceFlags extends AdminFlags {
  readonly for: string;
  readonly rate: string;
  readonly kind?: string;
  readonly json?: boolean;
}

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `mailbeam trace`: what an actor does, as it happens. */
export async function traceCommand(target: string, flags: TraceFlags, output: Output): Promise<ExitStatus> {
  const forMs = String(durationMsWithin('--for', flags.for, '1ms', '4m'));
  const query = { forMs, maxPerSecond: flags.rate, kind: flags.kind };
  const route = routeOf('/trace', target, query);
  const access = await adminAccess(flags);
  const stop = new AbortController();
  for (const signal of stopSignals) process.once(signal, () => stop.abort());
  // A line that breaks cannot be compared with the one above; in a pipe nothing is left out.
  const text = new TraceText(output, process.stdout.isTTY ? process.stdout.columns || 80 : Infinity);
  try {
    for await (const value of access.lines(route, stop.signal)) {
      const line = value as TraceLine;
      if (flags.json === true) output.line(JSON.stringify(line));
      else text.show(line);
    }
  } catch (error) {
    throw inspectError(error, access);
  }
  if (flags.json !== true && stop.signal.aborted) text.stopped();
  return ExitCode.OK;
}
