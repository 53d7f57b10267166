import { describe, expect, test } from '@jest/globals';
import type { ExitReason, MonitorRef, Pid } from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';
import { recorder, type Act, type RecorderArg } from './recorder.js';

// Rules of the Erlang reference manual in our words, a row each. What is different here stands in docs/actors.md and not in these tables.

interface Signal {
  readonly rule: string;
  readonly from: 'another' | 'itself' | 'its parent' | 'a link';
  readonly reason: ExitReason;
  readonly traps: boolean;
  readonly lives: boolean;
  /** What it gets, or how its terminate is called. */
  readonly log: readonly string[];
  /** Its exit reason as a monitor hears it. */
  readonly down?: string;
}

const signals: Signal[] = [
  { rule: 'normal from another is ignored', from: 'another', reason: 'normal', traps: false, lives: true, log: [] },
  {
    rule: 'normal from itself is not',
    from: 'itself',
    reason: 'normal',
    traps: false,
    lives: false,
    log: [],
    down: 'normal',
  },
  { rule: 'normal of a link is ignored', from: 'a link', reason: 'normal', traps: false, lives: true, log: [] },
  {
    rule: 'any other reason ends the receiver with it',
    from: 'another',
    reason: 'odd',
    traps: false,
    lives: false,
    log: [],
    down: 'odd',
  },
  {
    rule: 'shutdown is such a reason',
    from: 'another',
    reason: 'shutdown',
    traps: false,
    lives: false,
    log: [],
    down: 'shutdown',
  },
  { rule: 'so is that of a link', from: 'a link', reason: 'odd', traps: false, lives: false, log: [], down: 'odd' },
  {
    rule: 'a trapped signal becomes a message',
    from: 'another',
    reason: 'odd',
    traps: true,
    lives: true,
    log: ['EXIT odd'],
  },
  {
    rule: 'normal too, when it is trapped',
    from: 'another',
    reason: 'normal',
    traps: true,
    lives: true,
    log: ['EXIT normal'],
  },
  { rule: 'and that of a link', from: 'a link', reason: 'normal', traps: true, lives: true, log: ['EXIT normal'] },
  {
    rule: 'kill ends the receiver with killed',
    from: 'another',
    reason: 'kill',
    traps: false,
    lives: false,
    log: [],
    down: 'killed',
  },
  {
    rule: 'kill cannot be trapped',
    from: 'another',
    reason: 'kill',
    traps: true,
    lives: false,
    log: [],
    down: 'killed',
  },
  { rule: 'not even by oneself', from: 'itself', reason: 'kill', traps: true, lives: false, log: [], down: 'killed' },
  {
    rule: 'the reason kill of a link is a reason as any other',
    from: 'a link',
    reason: 'kill',
    traps: true,
    lives: true,
    log: ['EXIT kill'],
  },
  {
    rule: 'also for one that does not trap: it ends with kill, not killed',
    from: 'a link',
    reason: 'kill',
    traps: false,
    lives: false,
    log: [],
    down: 'kill',
  },
  {
    rule: 'a gen_server that traps ends with its parent, after terminate',
    from: 'its parent',
    reason: 'shutdown',
    traps: true,
    lives: false,
    log: ['terminate shutdown'],
    down: 'shutdown',
  },
  {
    rule: 'one that does not trap ends without terminate',
    from: 'its parent',
    reason: 'shutdown',
    traps: false,
    lives: false,
    log: [],
    down: 'shutdown',
  },
];

describe('exit signals (Erlang reference manual, Processes)', () => {
  test.each(signals)('$rule ($from, $reason, traps $traps)', ({ from, reason, traps, lives, log: expected, down }) => {
    const kit = createTestSystem();
    const { system } = kit;
    const log: string[] = [];
    let target: Pid<Act> | undefined;
    const arg: RecorderArg = { log, trap: traps };
    const peer = system.spawn(recorder, {
      log: [],
      init: (self) => void (target = from === 'its parent' ? self.spawnLink(recorder, arg) : self.spawn(recorder, arg)),
    });
    const pid = target as Pid<Act>;
    const reasons: ExitReason[] = [];
    system.monitor(pid, (event) => reasons.push(event.reason));
    log.length = 0;
    if (from === 'itself') system.send(pid, (self) => self.exit(self.pid, reason));
    else if (from === 'a link')
      system.send(peer, (self) => {
        self.link(pid);
        self.stop(reason);
      });
    else system.send(peer, (self) => self.exit(pid, reason));
    kit.run();
    expect(system.isAlive(pid)).toBe(lives);
    expect(log).toEqual(expected);
    expect(reasons).toEqual(down === undefined ? [] : [down]);
  });
});

interface Rule {
  readonly rule: string;
  /** Run by an actor that traps, about another; both are run to rest after it. */
  readonly act: (self: Parameters<Act>[0], other: Pid<Act>, kept: { ref?: MonitorRef }) => void;
  /** Done after that, to the other. */
  readonly ends?: 'stop' | 'kill';
  /** Done by the first at last. */
  readonly last?: Rule['act'];
  readonly log: readonly string[];
}

const relations: Rule[] = [
  {
    rule: 'a link is mutual: the end of either is a signal to the other',
    act: (self, other) => self.link(other),
    ends: 'kill',
    log: ['EXIT killed'],
  },
  {
    rule: 'there is one link between two, however often it is made',
    act: (self, other) => (self.link(other), self.link(other)),
    ends: 'stop',
    log: ['EXIT normal'],
  },
  {
    rule: 'one unlink takes it away',
    act: (self, other) => (self.link(other), self.link(other), self.unlink(other)),
    ends: 'kill',
    log: [],
  },
  {
    rule: 'a link with an actor that does not exist is an exit signal noproc',
    act: () => undefined,
    ends: 'kill',
    last: (self, other) => self.link(other),
    log: ['EXIT noproc'],
  },
  { rule: 'unlink without a link is nothing', act: (self, other) => self.unlink(other), ends: 'kill', log: [] },
  {
    rule: 'a monitor brings one DOWN with the reason',
    act: (self, other) => void self.monitor(other),
    ends: 'kill',
    log: ['DOWN killed'],
  },
  {
    rule: 'a monitor tells of a normal end too',
    act: (self, other) => void self.monitor(other),
    ends: 'stop',
    log: ['DOWN normal'],
  },
  {
    rule: 'monitors of one actor add up',
    act: (self, other) => void (self.monitor(other), self.monitor(other)),
    ends: 'stop',
    log: ['DOWN normal', 'DOWN normal'],
  },
  {
    rule: 'a monitor of an actor that does not exist brings noproc',
    act: () => undefined,
    ends: 'stop',
    last: (self, other) => void self.monitor(other),
    log: ['DOWN noproc'],
  },
  {
    rule: 'a monitor of a name that nobody has as well',
    act: (self) => void self.monitor('nobody'),
    log: ['DOWN noproc'],
  },
  {
    rule: 'demonitor ends that monitor',
    act: (self, other) => self.demonitor(self.monitor(other)),
    ends: 'kill',
    log: [],
  },
  {
    rule: 'and no other',
    act: (self, other) => (void self.monitor(other), self.demonitor(self.monitor(other))),
    ends: 'kill',
    log: ['DOWN killed'],
  },
  {
    rule: 'demonitor after the DOWN is nothing',
    act: (self, other, kept) => void (kept.ref = self.monitor(other)),
    ends: 'kill',
    last: (self, _other, kept) => self.demonitor(kept.ref as MonitorRef),
    log: ['DOWN killed'],
  },
  {
    rule: 'links and monitors do not know of one another',
    act: (self, other) => (self.link(other), void self.monitor(other), self.unlink(other)),
    ends: 'kill',
    log: ['DOWN killed'],
  },
];

describe('links and monitors (Erlang reference manual, Processes)', () => {
  test.each(relations)('$rule', ({ act, ends, last, log: expected }) => {
    const kit = createTestSystem();
    const { system } = kit;
    const log: string[] = [];
    const one = system.spawn(recorder, { log, trap: true });
    const other = system.spawn(recorder, { log: [] });
    const kept = {};
    log.length = 0;
    system.send(one, (self) => {
      act(self, other, kept);
    });
    kit.run();
    if (ends === 'stop') system.send(other, (self) => self.stop());
    if (ends === 'kill') system.exit(other, 'kill');
    kit.run();
    system.send(one, (self) => last?.(self, other, kept));
    kit.run();
    expect(log).toEqual(expected);
    expect(system.isAlive(one)).toBe(true);
  });
});
