import type { ProfileSummary } from '@mailbeam/router/admin-views';
import { tableLines } from '../code/table.js';
import { bytesText } from '../inspect/amount-text.js';
import type { Output } from '../output.js';
import { shownText } from '../shown-text.js';

const MOST_HANDLERS = 20;

/** Where the time went, the longest first, and what it cost to find out. */
export function profileLines(summary: ProfileSummary, output: Output): string[] {
  const { handlers, profiledMs, routerMs, nativeMs, collectorMs, idleMs, cost } = summary;
  const row = (name: string, version: string, handler: string, ms: number): string[] => [
    ...[name, version, handler, `${ms.toFixed(1)} ms`],
    `${((ms / Math.max(profiledMs, 0.001)) * 100).toFixed(1)}%`,
  ];
  const shown = handlers.slice(0, MOST_HANDLERS);
  const rest = handlers.slice(MOST_HANDLERS).reduce((sum, { ms }) => sum + ms, 0);
  const table = tableLines(
    [
      ['behaviour', 'version', 'handler', 'time', 'share'],
      ...shown.map(({ behaviour, version, handler, ms }) => row(behaviour, version, shownText(handler), ms)),
      ...(rest > 0 ? [row(`${handlers.length - MOST_HANDLERS} others`, '', '', rest)] : []),
      row("the router's own code", '', '', routerMs),
      row('garbage collection', '', '', collectorMs),
      row('outside of JavaScript', '', '', nativeMs),
      row('waiting', '', '', idleMs),
    ],
    ['left', 'left', 'left', 'right', 'right'],
    output,
  );
  const { samples, startMs, stopMs, samplerMs, bytes } = cost;
  return [
    ...table,
    '',
    `It cost the router: held for at most ${startMs.toFixed(0)} ms at its beginning and ${stopMs.toFixed(0)} ms at its end; ` +
      `${samples.toLocaleString('en-US')} samples, ${samplerMs} ms of a thread that takes them; ${bytesText(bytes)}.`,
  ];
}
