import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How a version behaves: as the others, or worse in one way. */
export const manners = ['same', 'throws', 'slow', 'rejects', 'piles_up'] as const;
export type Manner = (typeof manners)[number];

/** What a gate is to find, in words of its reason. */
export const found: Readonly<Record<Exclude<Manner, 'same'>, RegExp>> = {
  throws: /crash/i,
  slow: /p99|time/i,
  rejects: /reject/i,
  piles_up: /depth|waiting/i,
};

/** Which module shows it. */
export const shownBy: Readonly<Record<Manner, 'work' | 'screen'>> = {
  same: 'work',
  throws: 'work',
  slow: 'work',
  rejects: 'screen',
  piles_up: 'work',
};

const SPIN = `
  function spin(ms) {
    const end = performance.now() + ms;
    while (performance.now() < end);
  }`;

/** One message in fifty takes a millisecond, and in the slow version two: a p99 that doubles. */
const work = (n: number, manner: Manner): string => `
  import { defineService } from '@mailbeam/handler';
  ${SPIN}
  export default defineService({
    name: 'counter',
    version: '1.0.${n}',
    state: 'caller',
    init: () => ({ seen: 0 }),
    ${manner === 'piles_up' ? 'async ' : ''}handleMessage(message, state) {
      state.seen += 1;
      ${manner === 'throws' ? "if (Math.random() < 0.01) throw new Error('planted');" : ''}
      if (Math.random() < 0.02) spin(${manner === 'slow' ? 2 : 1});
      ${manner === 'piles_up' ? 'await new Promise((resolve) => setTimeout(resolve, 2_000));' : ''}
    },
    codeChange: (state) => state,
  });
`;

const screen = (n: number, manner: Manner): string => `
  import { defineInterceptor, pass, reject } from '@mailbeam/handler';
  export default defineInterceptor({
    name: 'screen',
    version: '1.0.${n}',
    intercept: () => ${manner === 'rejects' ? "(Math.random() < 0.05 ? reject('forbidden', 'planted') : pass())" : 'pass()'},
    codeChange: (state) => state,
  });
`;

/** Writes version n of a module; returns its file. */
export function writeManner(handlers: string, n: number, manner: Manner, module: 'work' | 'screen'): string {
  const file = join(handlers, `${module}.ts`);
  writeFileSync(file, module === 'work' ? work(n, manner) : screen(n, manner));
  return file;
}
