import { expect, test } from '@jest/globals';
import { actorRows } from '../src/actors/actor-rows.js';
import { judge, renderActorTable } from '../src/actors/actor-table.js';
import { sizesFromText, sizesToText } from '../src/actors/program.js';
import { FULL } from '../src/actors/actor-rows.js';

const at = (median: number) => ({ median, low: median - 1, high: median + 1, p99: median * 2 });
const ring = { id: 'ring', title: 'ring, a hop', unit: 'ns', atLeast: 5 } as const;

test('a ratio is the other side divided by ours; the target is met at its figure and missed below it', () => {
  expect(judge(ring, { mailbeam: at(50), erlang: at(250), nact: at(500) })).toMatchObject({
    ratios: { erlang: 5, nact: 10 },
    isMet: true,
  });
  expect(judge(ring, { mailbeam: at(50), erlang: at(249) }).isMet).toBe(false);
});

test('without BEAM, or without a target, there is no verdict', () => {
  expect(judge(ring, { mailbeam: at(50), nact: at(500) })).not.toHaveProperty('isMet');
  expect(judge({ id: 'ring', title: '', unit: 'ns' }, { mailbeam: at(50), erlang: at(1) })).not.toHaveProperty('isMet');
});

test('the table has a line for each row, with dashes for what was not measured, and the versions', () => {
  const text = renderActorTable([ring], [judge(ring, { mailbeam: at(50), erlang: at(200) })], {
    mailbeam: 'Node v20',
    erlang: 'OTP 25',
  });
  const lines = text.split('\n');
  expect(lines[1]).toBe('ring, a hop  50 ns [49..51]    200 ns [199..201]  4.0    >= 5    NO   -     -');
  expect(lines.at(-1)).toContain('Versions: Node v20; OTP 25.');
});

test('the targets are those of the issue', () => {
  expect(actorRows.map(({ id, atLeast }) => `${id} ${atLeast ?? '-'}`)).toEqual([
    'ping-pong 5',
    'fan-in 2',
    'ring 5',
    'call 3',
    'call-message 5',
    'spawn-exit 8',
    'spawn-burst 8',
    'idle 6',
    'restart -',
  ]);
});

test('the sizes reach a side as they were; what is no list of sizes is refused', () => {
  const { rounds: _rounds, ms: _ms, ...sizes } = FULL;
  expect(sizesFromText(sizesToText(FULL))).toEqual(sizes);
  expect(() => sizesFromText('1,2')).toThrow('sizes are batch,senders,each,ring,spawned,idle,restarted');
  expect(() => sizesFromText('1,2,3,4,5,6,x')).toThrow('whole numbers from 1');
});
