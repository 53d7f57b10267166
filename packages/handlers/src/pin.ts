import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { callError, defineService, method } from '@mailbeam/handler';
import { z } from 'zod';

/** State of one user. */
export interface PinState {
  /** Hex; '' while there is none. */
  salt: string;
  hash: string;
  wrongTries: number;
  /** Wall clock, ms since the epoch; 0 = not locked. */
  lockedUntil: number;
}

const mostWrongTries = 5;
const lockMs = 60_000;
const pin = z.string().regex(/^\d{4,12}$/, 'must be 4 to 12 digits');

/**
 * `$pin` keeps a PIN for each user and checks it. Hashing takes some 50 ms of CPU: it runs in a worker thread (`tasks`), so nobody else
 * waits for it. A user's own calls are handled one after the other, so nobody tries two PINs at a time.
 */
export default defineService<PinState>({
  name: 'pin',
  version: '1.0.0',
  state: 'caller',
  callers: 10_000,
  init: () => ({ salt: '', hash: '', wrongTries: 0, lockedUntil: 0 }),

  methods: {
    set: method(z.object({ pin }), async ({ pin }, state, ctx) => {
      if (state.hash !== '') throw callError('already_set', 'clear it first');
      const salt = randomBytes(16).toString('hex');
      state.hash = await ctx.offload<string>('hash', { pin, salt });
      state.salt = salt;
    }),

    check: method(z.object({ pin }), async ({ pin }, state, ctx) => {
      if (state.hash === '') throw callError('not_set', 'there is no PIN');
      if (ctx.now < state.lockedUntil) throw callError('locked', `for ${state.lockedUntil - ctx.now} ms more`);
      const hash = await ctx.offload<string>('hash', { pin, salt: state.salt });
      const isRight = timingSafeEqual(Buffer.from(hash, 'hex'), Buffer.from(state.hash, 'hex'));
      state.wrongTries = isRight ? 0 : state.wrongTries + 1;
      if (state.wrongTries >= mostWrongTries) Object.assign(state, { wrongTries: 0, lockedUntil: ctx.now + lockMs });
      return isRight;
    }),
  },

  tasks: {
    /** In a worker thread: it shares no memory with the service, its input and result are copied. */
    hash: ({ pin, salt }: { pin: string; salt: string }) =>
      scryptSync(pin, Buffer.from(salt, 'hex'), 32).toString('hex'),
  },

  codeChange: (state) => state as PinState,
});
