import { describe, expect, test } from '@jest/globals';
import { countClasses, ElisionWatch } from '../../src/crash/exposure.js';
import { describeKills } from '../../src/crash/report.js';

const kill = { n: 1, at: 0, what: 'node', unflushed: 0, elided: 0, inFlight: 0 };

describe('what a kill hit', () => {
  test('an elided message is hit for a moment, if the router has counted a saved write', () => {
    const watch = new ElisionWatch();
    watch.elided(3, 1000);
    expect(watch.hit(1010)).toBe(0);
    watch.counter(5, 1005);
    expect(watch.hit(1010)).toBe(3);
    expect(watch.hit(1051)).toBe(0);
  });

  test('the counter of a new node begins anew', () => {
    const watch = new ElisionWatch();
    watch.counter(5, 1000);
    watch.counter(1, 3000);
    watch.elided(1, 3000);
    expect(watch.hit(3001)).toBe(0);
    watch.counter(2, 3002);
    expect(watch.hit(3003)).toBe(1);
  });

  test('classes are counted by kill, and one that was never hit is named', () => {
    const kills = [{ ...kill, unflushed: 7 }, { ...kill, unflushed: 1, inFlight: 2 }, kill];
    expect(countClasses(kills)).toEqual({ unflushed: 2, elided: 0, inFlight: 1 });
    expect(describeKills(kills).missed).toEqual(['elided']);
    expect(describeKills(kills).line).toContain('3 kills hit: unflushed messages 2 times');
  });
});
