import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Which modules are swapped. */
export type Swapped = 'counter' | 'stamp' | 'session';
export const swapped: readonly Swapped[] = ['counter', 'stamp', 'session'];

/**
 * Shapes of the same state, the n-th version having the n-th of them, round and round: they grow and shrink. Each is an
 * expression for making it of `count` and `rest`, and the way back.
 */
const shapes = [
  '{ count, rest }',
  '{ shape: 1, total: { count, since: 0 }, spare: [1, 2, 3, 4].map((n) => ({ n, text: "x".repeat(n) })), rest }',
  '[count, rest]',
  '{ shape: 3, steps: new Map([["count", count], ["other", 7]]), rest }',
];

/** How many versions there are before a shape comes again. */
export const shapeCount = shapes.length;

const readShape = `
  function read(state) {
    if (Array.isArray(state)) return { count: state[0], rest: state[1] };
    if (state.shape === 1) return { count: state.total.count, rest: state.rest };
    if (state.shape === 3) return { count: state.steps.get('count'), rest: state.rest };
    return { count: state.count, rest: state.rest };
  }
`;

/** Functions over a state in the shape of version n: `make`, `read`, `step` (adds one in place, and returns it). */
function stateOf(n: number): string {
  const shape = n % shapes.length;
  const steps = [
    '(s.count += 1)',
    '(s.total.count += 1)',
    '(s[0] += 1)',
    '(s.steps.set("count", s.steps.get("count") + 1), s.steps.get("count"))',
  ];
  return `
  const make = (count, rest) => (${shapes[shape]});
  const step = (s) => ${steps[shape]};
  ${readShape}
  function take(state) {
    const { count, rest } = read(state);
    return make(count, rest);
  }`;
}

/** A service that counts the messages of each caller and answers each with its number. */
const counter = (n: number): string => `
  import { defineService, method } from '@mailbeam/handler';
  import { z } from 'zod';
  ${stateOf(n)}
  export default defineService({
    name: 'counter',
    version: '1.0.${n}',
    state: 'caller',
    init: () => make(0, null),
    handleMessage(message, state, ctx) {
      ctx.reply(message, 'r|' + parseInt(message.text(), 10) + '|' + step(state));
    },
    methods: {
      total: method(z.object({}), (_args, state) => read(state).count),
    },
    codeChange: (state) => take(state),
  });
`;

/** An interceptor that numbers the messages of each sender. */
const stamp = (n: number): string => `
  import { change, defineInterceptor, divert, reject } from '@mailbeam/handler';
  ${stateOf(n)}
  export default defineInterceptor({
    name: 'stamp',
    version: '1.0.${n}',
    init: () => make(0, null),
    intercept: (envelope, state) => change(envelope.text() + '|' + step(state)),
    codeChange: (state) => take(state),
  });
`;

/** The router's own session, which tells besides how many frames it has handled. */
const session = (n: number): string => `
  import { defineBehaviour } from '@mailbeam/actors';
  import { Op } from '@mailbeam/protocol';
  import base from './base-session.js';
  ${stateOf(n)}
  export default defineBehaviour({
    name: 'session',
    version: '1.1.${n}',
    init: (port, self) => make(0, base.init(port, self)),
    handleMessage(frame, state, self) {
      const count = step(state);
      const { rest } = read(state);
      if (frame.op === Op.CALL && frame.service === 'frames') rest.port.reply(true, count);
      else return void base.handleMessage(frame, rest, self);
    },
    codeChange(state) {
      // from the session that comes with the router: it counts its frames too
      if (state.port !== undefined) return make(state.handled, state);
      return take(state);
    },
  });
`;

const sources = { counter, stamp, session };

/** Faults that a module may be given, to show that the people find them: what stands in the source, and what in its place. */
const plants = {
  forgets: ['codeChange: (state) => take(state)', 'codeChange: () => make(0, null)'],
  answers_twice: ['ctx.reply(message,', "ctx.reply(message, 'r|0|0'); ctx.reply(message,"],
  swallows: ['change(envelope.text()', "Math.random() < 0.01 ? divert('nobody') : change(envelope.text()"],
  rejects: ['change(envelope.text()', "Math.random() < 0.01 ? reject('forbidden', 'planted') : change(envelope.text()"],
  counts_twice: ['const count = step(state);', 'const count = step(state) + 1;'],
} as const;

export type Plant = keyof typeof plants;
export const plantNames = Object.keys(plants) as Plant[];

/** Writes version n of a module into the handlers directory; returns its file. */
export function writeVersion(handlers: string, name: Swapped, n: number, plant?: Plant): string {
  const file = join(handlers, `${name}.ts`);
  const [good, bad] = plant === undefined ? ['', ''] : plants[plant];
  writeFileSync(file, sources[name](n).replace(good, bad));
  return file;
}

/** The router's own session, as a file that a handler may import. */
export function writeBaseSession(handlers: string, root: string): void {
  const source = readFileSync(join(root, 'packages/router/src/behaviours/session.ts'), 'utf8');
  writeFileSync(join(handlers, 'base-session.ts'), source);
}
