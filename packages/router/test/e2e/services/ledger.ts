import { pbkdf2Sync } from 'node:crypto';
import { callError, defineService, method } from '@mailbeam/handler';
import { z } from 'zod';

/** Notes amounts, tells what it has, and hashes in a thread. */
export default defineService<{ total: number }>({
  name: 'ledger',
  version: '1.0.0',
  init: () => ({ total: 0 }),

  handleMessage(message, state, ctx) {
    state.total += Number(message.text());
    ctx.reply(message, `total ${state.total}`);
  },

  handleSignal(signal, _state, ctx) {
    ctx.signal(signal.from, `${signal.text()} yourself`);
  },

  methods: {
    total: method(z.null(), (_args, state) => ({ total: state.total })),
    take: method(z.object({ amount: z.number().positive() }), ({ amount }, state) => {
      if (amount > state.total) throw callError('not_enough', `there are ${state.total}`);
      return (state.total -= amount);
    }),
    hash: method(z.string(), (pin, _state, ctx) => ctx.offload('hash', pin)),
    hang: method(z.null(), (_args, _state, ctx) => ctx.offload('hang', null, { timeoutMs: 500 })),
  },

  tasks: {
    hash: (pin: string) => pbkdf2Sync(pin, 'salt', 1_000, 16, 'sha256').toString('hex'),
    hang() {
      for (;;);
    },
  },
});
