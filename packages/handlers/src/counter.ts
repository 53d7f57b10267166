import { defineService, method } from '@mailbeam/handler';
import { z } from 'zod';

/** State of 2.x: a total for each user. What 1.x had counted is nobody's, and stands under ''. */
export interface CounterState {
  byUser: Record<string, number>;
}

/** `$counter` counts for each user who calls it. Its state came over from 1.x (`counter-v1.ts`) while it ran. */
export default defineService<CounterState>({
  name: 'counter',
  version: '2.0.0',
  init: () => ({ byUser: {} }),

  methods: {
    add: method(z.object({ by: z.int().default(1) }), ({ by }, state, ctx) => {
      const mine = (state.byUser[ctx.from] ?? 0) + by;
      state.byUser[ctx.from] = mine;
      return mine;
    }),
    total: method(z.null(), (_, { byUser }) => sumOf(byUser)),
    mine: method(z.null(), (_, { byUser }, ctx) => byUser[ctx.from] ?? 0),
  },

  codeChange(state, from) {
    if (from.startsWith('1.')) return { byUser: { '': (state as { total: number }).total } };
    return state as CounterState;
  },

  /** Runs before a version goes live; a throw keeps it out. */
  selfTest() {
    if (sumOf({ ann: 1, bob: 2 }) !== 3) throw new Error('it cannot add');
  },
});

function sumOf(byUser: Readonly<Record<string, number>>): number {
  return Object.values(byUser).reduce((sum, n) => sum + n, 0);
}
