/** The checker is checked: each fault, planted in a copy of the router, is found. */
import { expect, test } from '@jest/globals';
import { makeMutant } from '../../src/mutant.js';
import type { Mutation } from '../../src/mutant.js';
import { runFuzzer } from './run-fuzzer.js';

const port = 'packages/router/dist/port/port.js';
const clientFrames = 'packages/protocol/dist/client-frames.js';
const session = 'packages/router/dist/behaviours/session.js';

/** Name, fault, and what the fuzzer has to say of it. */
const faults: readonly (readonly [string, Mutation, RegExp])[] = [
  [
    'bad_frame closes with 1003',
    {
      file: port,
      find: "this.fail('bad_frame', this.#fault, CloseCode.BAD_FRAME)",
      replace: "this.fail('bad_frame', this.#fault, CloseCode.TEXT)",
    },
    /close 1003 after ERROR bad_frame, expected ERROR bad_frame and close 4000/,
  ],
  [
    'an unknown op below 64 is ignored',
    { file: clientFrames, find: 'if (op < FIRST_IGNORED_OP)', replace: 'if (op < 18)' },
    /close 4000/,
  ],
  [
    'text that is not UTF-8 is taken',
    {
      file: 'packages/protocol/dist/names.js',
      find: 'const name = readText(bytes, start, end);',
      replace:
        "const name = readText(bytes, start, end) ?? Buffer.from(bytes.subarray(start, end)).toString('latin1');",
    },
    /close 4000|which was not sent/,
  ],
  [
    'an ACK above what was sent is taken',
    { file: port, find: 'seq > inFlight.seq)', replace: 'seq > inFlight.seq + 1_000_000)' },
    /WRONG/,
  ],
  [
    'cids need not increase',
    { file: port, find: 'if (cid <= this.#lastCid)', replace: 'if (cid < this.#lastCid - 1_000)' },
    /WRONG/,
  ],
  [
    'the bounds of ttl are not kept',
    { file: session, find: 'frame.ttl > limits.ttlMaxSeconds', replace: 'false' },
    /accepted, expected invalid|expected nothing/,
  ],
  [
    'the send window is not kept',
    { file: session, find: 'port.unanswered >= port.limits.sendWindow', replace: 'false' },
    /beyond sendWindow, and none was refused|close 4005/,
  ],
  [
    'the frames before a bad one are forgotten',
    { file: port, find: '(this.#backlog !== null && !this.#backlog.isDone)', replace: 'false' },
    /WRONG/,
  ],
];

// Each runs in processes of its own: two at a time (`maxConcurrency`).
test.concurrent.each(faults)(
  'is found: %s',
  async (_, fault, words) => {
    const mutant = await makeMutant([fault]);
    try {
      const { code, text } = await runFuzzer(
        ...['--cases', '20000', '--seed', '1', '--max-failures', '1', '--settle-ms', '2000', '--bin', mutant.root],
      );
      expect({ code, text }).toEqual({ code: 1, text: expect.stringMatching(words) });
      expect(text).toMatch(/node tools\/dist\/fuzz\/main\.js --seed 1 --only /);
    } finally {
      await mutant.dispose();
    }
  },
  60_000,
);
