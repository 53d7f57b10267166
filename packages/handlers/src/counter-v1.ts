import { defineService, method } from '@mailbeam/handler';
import { z } from 'zod';

export interface CounterState {
  total: number;
}

/** What `counter.ts` held before it counted for each user. Both are `counter`: copy this one there first, load it, then that one over it. */
export default defineService<CounterState>({
  name: 'counter',
  version: '1.0.0',
  init: () => ({ total: 0 }),

  methods: {
    add: method(z.object({ by: z.int().default(1) }), ({ by }, state) => (state.total += by)),
    total: method(z.null(), (_, state) => state.total),
  },

  /** The way back from 2.x: what it counted for each user is summed up. */
  codeChange(state, from) {
    if (!from.startsWith('2.')) return state as CounterState;
    const { byUser } = state as { byUser: Record<string, number> };
    return { total: Object.values(byUser).reduce((sum, n) => sum + n, 0) };
  },
});
