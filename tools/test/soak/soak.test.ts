import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkoutRoot } from '../../src/checkout.js';
import { finishedScript } from '../../src/finished-script.js';
import type { FinishedScript } from '../../src/finished-script.js';
import { makeMutant } from '../../src/mutant.js';

/** The short form of the built tool, against the router that is built below `root`. */
function soak(root = checkoutRoot): Promise<FinishedScript> {
  const main = join(checkoutRoot, 'tools/dist/soak/main.js');
  const short = ['--seconds', '12', '--connections', '100', '--messages', '100', '--visitors', '100', '--visits', '80'];
  return finishedScript(main, [...short, '--seed', '1', '--root', root]);
}

test.concurrent(
  'nothing grows while people come and go, in the short form',
  async () => {
    const { code, text } = await soak();
    if (code !== 0) throw new Error(text);
    expect(text).toMatch(/passed: nothing grows\n$/);
  },
  120_000,
);

test.concurrent(
  'a router that keeps something of each login, a descriptor of some, and each client that ever was, is found',
  async () => {
    const mutant = await makeMutant([
      {
        file: 'packages/router/dist/core.js',
        find: '        this.presence.came(mailbox.name);',
        replace: `        this.presence.came(mailbox.name);
        const filler = Array.from({ length: 8_000 }, Math.random);
        (globalThis.leaked ??= []).push(() => filler.includes(mailbox.name));
        if (globalThis.leaked.length % 10 === 0) process.getBuiltinModule('node:fs').openSync('/dev/null', 'r');`,
      },
      { file: 'packages/router/dist/core.js', find: 'this.#clientSweep.tick();', replace: '' },
    ]);
    try {
      const { code, text } = await soak(mutant.root);
      for (const what of ['node: heap after a collection', 'node: descriptors', 'store: clients of users'])
        expect(text).toContain(`FAILED: ${what}`);
      expect(code).toBe(1);
    } finally {
      await mutant.dispose();
    }
  },
  120_000,
);
