import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { makeMutant } from '@mailbeam/tools';
import type { Mutant } from '@mailbeam/tools';
import type { RowResult } from '../row-result.js';
import type { Row, RowContext } from '../row.js';
import { medianInterval, spread } from '../statistics.js';
import type { Spread } from '../statistics.js';
import { KINDS } from '../traces/kind.js';
import type { Kind, MeasuredOrder, Measurement } from '../traces/kind.js';
import { makeWithoutTraceChecks } from '../traces/without-trace-checks.js';

const SHARE = 0.001;
const PROGRAM = fileURLToPath(new URL('../traces/measured-cores.js', import.meta.url));

/**
 * What traces cost while nobody wants any, beside a router from which the checks for them were taken out; and what they cost when a
 * share is traced and exported. Without sockets and disk, which would hide it. What the compiler makes of the same code differs from
 * process to process, so there are several.
 */
export const traces: Row = {
  ids: ['traces'],
  async run(context) {
    const collector = await startCollector();
    const copies: Mutant[] = [];
    const kept = async (copy: Promise<Mutant>): Promise<string> => {
      copies.push(await copy);
      return copies.at(-1)!.root;
    };
    try {
      const roots = {
        off: await kept(makeMutant([])),
        twin: await kept(makeMutant([])),
        without: await kept(makeWithoutTraceChecks()),
        on: await kept(makeMutant([])),
      };
      const { processes, ...sizes } = context.sizes.traces;
      const measured: Measurement[] = [];
      for (let n = 1; n <= processes; n++) {
        const kinds = KINDS.map((_, i) => KINDS[(i + n) % KINDS.length]!);
        const { bodyBytes } = context.sizes;
        measured.push(await measure({ ...sizes, bodyBytes, roots, kinds, share: SHARE, endpoint: collector.url }));
        const each = KINDS.map((kind) => `${kind} ${us(measured.at(-1)!, kind).toFixed(3)} us`);
        context.say(`  ${n}: ${each.join(', ')}`);
      }
      return [result(context, measured)];
    } finally {
      for (const copy of copies) await copy.dispose();
      collector.close();
    }
  },
};

async function measure(order: MeasuredOrder): Promise<Measurement> {
  const child = fork(PROGRAM, [JSON.stringify(order)]);
  const ended = once(child, 'exit');
  const [answer] = (await Promise.race([
    once(child, 'message'),
    ended.then(() => Promise.reject(new Error('the process has ended without a measurement'))),
  ])) as [Measurement];
  await ended;
  return answer;
}

function result({ sizes }: RowContext, measured: readonly Measurement[]): RowResult {
  const percent = (dearer: Kind, cheaper: Kind): Spread =>
    medianInterval(measured.map((one) => over(one[dearer], one[cheaper], (a, b) => (a / b - 1) * 100)));
  const off = percent('off', 'without');
  const twin = percent('off', 'twin');
  const on = medianInterval(measured.map(({ on: dearer, off: cheaper }) => over(dearer, cheaper, (a, b) => a - b)));
  const { users, unanswered, turns } = sizes.traces;
  const note =
    `the core alone, no sockets, no disk: off costs ${text(off, 1, '%')} over a router without the checks, and ${text(twin, 1, '%')} over another of the same code; ` +
    `${SHARE * 100} % traced and exported ` +
    `costs ${text(on, 3, 'us')} a message over off, which is ${(on.median / SHARE).toFixed(0)} us a traced one (${measured.length} processes, ` +
    `${turns} windows of each; ${users} users, ${unanswered} unanswered each)`;
  return {
    id: 'traces',
    title: 'traces, off',
    note,
    router: { usPerMessage: spread(measured.map((one) => us(one, 'off'))) },
    figures: {
      ...{ offPercent: off.median, offLow: off.low, offHigh: off.high },
      ...{ twinPercent: twin.median, twinLow: twin.low, twinHigh: twin.high },
      ...{ onUs: on.median, onLow: on.low, onHigh: on.high },
    },
  };
}

const us = (measured: Measurement, kind: Kind): number => spread(measured[kind])!.median;

/** How much dearer a message was: the median of the turns, in each of which both had a window. */
function over(
  dearer: readonly number[],
  cheaper: readonly number[],
  compare: (dearer: number, cheaper: number) => number,
): number {
  return spread(dearer.map((one, turn) => compare(one, cheaper[turn]!)))!.median;
}

const text = ({ median, low, high }: Spread, digits: number, unit: string): string =>
  `${median.toFixed(digits)} ${unit} [${low.toFixed(digits)}..${high.toFixed(digits)}]`;

/** Takes whatever comes. */
async function startCollector(): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
