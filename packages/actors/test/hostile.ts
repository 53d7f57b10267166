import { defineBehaviour, type Behaviour } from '../src/index.js';

/** Throws, rejects or does neither, now or after a promise, by chance, in every callback. */
export function hostile(random: () => number): Behaviour<number, { n: number }, string> {
  const maybe = (): void | Promise<void> => {
    const r = random();
    if (r < 0.1) throw new Error('thrown');
    if (r < 0.15) throw undefined;
    if (r < 0.2) return Promise.reject(new Error('rejected'));
    if (r < 0.3) return Promise.resolve();
    if (r < 0.32)
      return {
        // oxlint-disable-next-line unicorn/no-thenable -- the point of this one
        then: () => {
          throw new Error('bad thenable');
        },
      } as unknown as Promise<void>;
    if (r < 0.34) return new Promise(() => undefined);
  };
  return defineBehaviour<number, { n: number }, string>({
    name: 'hostile',
    version: '1',
    init(_arg, self) {
      self.trapExit(random() < 0.5);
      const result = maybe();
      return result ? result.then(() => ({ n: 0 })) : { n: 0 };
    },
    handleMessage(_message, state, self) {
      state.n += 1;
      const r = random();
      if (r < 0.05) self.stop('normal');
      if (r > 0.95) self.exit('odd');
      if (r > 0.9) self.sendAfter(random() * 50, 'again');
      if (r > 0.5 && r < 0.8) self.hibernate();
      return maybe();
    },
    handleCall(request, _state, self, from) {
      if (random() < 0.7) self.reply(from, request);
      return maybe();
    },
    handleInfo: () => maybe(),
    codeChange(state) {
      if (random() < 0.3) throw new Error('change');
      return state as { n: number };
    },
    hibernate(state, self) {
      if (random() < 0.1) throw new Error('hibernate');
      if (random() < 0.1) self.stop('odd');
      if (random() < 0.1) self.send(self.pid, 'again');
      return state.n;
    },
    wake(packed) {
      if (random() < 0.1) throw new Error('wake');
      return { n: packed as number };
    },
    terminate: () => maybe(),
  });
}
