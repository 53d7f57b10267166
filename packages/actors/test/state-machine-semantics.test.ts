import { describe, expect, test } from '@jest/globals';
import { createTestSystem } from '../src/test-kit.js';
import {
  begin,
  eventTimeout,
  insert,
  type Message,
  type Name,
  named,
  plain,
  postpone,
  type Start,
  stateTimeout,
  stay,
  to,
} from './scripted-machine.js';

describe('the rules of gen_statem', () => {
  interface Row {
    rule: string;
    start?: Partial<Start>;
    /** Messages that are all in the mailbox before the first is handled; a number lets that many ms pass. */
    steps: (Message | number)[];
    log: string[];
  }
  const goTo = (name: Name): Message => ({ id: `to ${name}`, on: { a: to(name), b: to(name), c: to(name) } });
  const postponedInA = (id: string): Message => ({ id, on: { a: stay(postpone) } });
  const rows: Row[] = [
    {
      rule: 'the enter call of the first state comes at the start, from that state',
      steps: [],
      log: ['a:enter from a'],
    },
    {
      rule: 'a change of state calls enter with the state it comes from, before any event',
      steps: [goTo('b'), plain('x')],
      log: ['a:enter from a', 'a:to b', 'b:enter from a', 'b:x'],
    },
    {
      rule: 'a transition to the same state is no change: no enter call',
      steps: [goTo('a')],
      log: ['a:enter from a', 'a:to a'],
    },
    {
      rule: 'repeatState repeats the enter call and nothing else: what was postponed stays, the state time-out runs on',
      steps: [
        postponedInA('p'),
        { id: 't', on: { a: stay(stateTimeout(10, 's')) } },
        { id: 'r', on: { a: { repeatState: true } } },
        10,
      ],
      log: ['a:enter from a', 'a:p', 'a:t', 'a:r', 'a:enter from a', 'a:state_timeout s'],
    },
    {
      rule: 'a postponed event waits for a change of state, then goes before what is in the mailbox',
      steps: [postponedInA('p'), plain('x'), goTo('b'), plain('y')],
      log: ['a:enter from a', 'a:p', 'a:x', 'a:to b', 'b:enter from a', 'b:p', 'b:y'],
    },
    {
      rule: 'postponed events are tried again in the order in which they came',
      steps: [postponedInA('p1'), postponedInA('p2'), postponedInA('p3'), goTo('b')],
      log: ['a:enter from a', 'a:p1', 'a:p2', 'a:p3', 'a:to b', 'b:enter from a', 'b:p1', 'b:p2', 'b:p3'],
    },
    {
      rule: 'an event may be postponed again and again, and keeps its place',
      steps: [
        { id: 'p1', on: { a: stay(postpone), b: stay(postpone) } },
        { id: 'p2', on: { a: stay(postpone), b: to('c') } },
        goTo('b'),
      ],
      log: ['a:enter from a', 'a:p1', 'a:p2', 'a:to b', 'b:enter from a', 'b:p1', 'b:p2', 'c:enter from b', 'c:p1'],
    },
    {
      rule: 'an event that changes the state may itself be postponed: it is tried again at once in the new state',
      steps: [{ id: 'p', on: { a: to('b', postpone) } }],
      log: ['a:enter from a', 'a:p', 'b:enter from a', 'b:p'],
    },
    {
      rule: 'inserted events go before everything that waits, in the order they are given',
      steps: [{ id: 'i', on: { a: stay(insert(plain('1')), insert(plain('2'))) } }, plain('x')],
      log: ['a:enter from a', 'a:i', 'a:1', 'a:2', 'a:x'],
    },
    {
      rule: 'inserted events go before postponed ones that are tried again',
      steps: [postponedInA('p'), { id: 'i', on: { a: to('b', insert(plain('1'))) } }],
      log: ['a:enter from a', 'a:p', 'a:i', 'b:enter from a', 'b:1', 'b:p'],
    },
    {
      rule: 'what an inserted event inserts goes before its later brothers',
      steps: [
        { id: 'i', on: { a: stay(insert({ id: '1', on: { a: stay(insert(plain('1.1'))) } }), insert(plain('2'))) } },
      ],
      log: ['a:enter from a', 'a:i', 'a:1', 'a:1.1', 'a:2'],
    },
    {
      rule: 'an internal event cannot come from outside: it has a handler of its own',
      steps: [{ id: 'i', on: { a: stay({ type: 'next_event', internal: 'mine' }) } }],
      log: ['a:enter from a', 'a:i', 'a:internal mine'],
    },
    {
      rule: 'events that init inserts come after the first enter call and before the mailbox',
      start: { actions: [{ type: 'next_event', internal: 'first' }] },
      steps: [plain('x')],
      log: ['a:enter from a', 'a:internal first', 'a:x'],
    },
    {
      rule: 'a state time-out comes when the state has lasted that long',
      steps: [{ id: 't', on: { a: stay(stateTimeout(10, 's')) } }, 9, plain('x'), 1],
      log: ['a:enter from a', 'a:t', 'a:x', 'a:state_timeout s'],
    },
    {
      rule: 'a change of state cancels the state time-out',
      steps: [{ id: 't', on: { a: stay(stateTimeout(10, 's')) } }, goTo('b'), 100],
      log: ['a:enter from a', 'a:t', 'a:to b', 'b:enter from a'],
    },
    {
      rule: 'a state time-out set by the transition that changes the state belongs to the new state',
      steps: [
        { id: 't', on: { a: stay(stateTimeout(10, 'old')) } },
        { id: 'go', on: { a: to('b', stateTimeout(20, 'new')) } },
        100,
      ],
      log: ['a:enter from a', 'a:t', 'a:go', 'b:enter from a', 'b:state_timeout new'],
    },
    {
      rule: 'actions of the enter call count after those of the handler',
      start: { enter: { b: () => ({ actions: [stateTimeout(20, 'enter')] }) } },
      steps: [{ id: 'go', on: { a: to('b', stateTimeout(10, 'handler')) } }, 100],
      log: ['a:enter from a', 'a:go', 'b:enter from a', 'b:state_timeout enter'],
    },
    {
      rule: 'setting a time-out again starts it again with the new content',
      steps: [
        { id: 't1', on: { a: stay(stateTimeout(10, 'one')) } },
        5,
        { id: 't2', on: { a: stay(stateTimeout(10, 'two')) } },
        9,
        plain('x'),
        1,
      ],
      log: ['a:enter from a', 'a:t1', 'a:t2', 'a:x', 'a:state_timeout two'],
    },
    {
      rule: 'Infinity cancels, and so does cancel',
      steps: [
        { id: 't1', on: { a: stay(stateTimeout(10, 's'), named('n', 10, 'n')) } },
        {
          id: 't2',
          on: { a: stay(stateTimeout(Infinity, 's'), { type: 'timeout', name: 'n', cancel: true }) },
        },
        100,
      ],
      log: ['a:enter from a', 'a:t1', 'a:t2'],
    },
    {
      rule: 'update changes the content and not the time; without one that runs it comes at once',
      steps: [
        { id: 't', on: { a: stay(stateTimeout(10, 'old')) } },
        5,
        {
          id: 'u',
          on: { a: stay({ type: 'state_timeout', update: 'new' }, { type: 'timeout', name: 'n', update: 'now' }) },
        },
        5,
      ],
      log: ['a:enter from a', 'a:t', 'a:u', 'a:timeout n now', 'a:state_timeout new'],
    },
    {
      rule: 'an event time-out comes when nothing has happened for that long',
      steps: [{ id: 't', on: { a: stay(eventTimeout(10, 'e')) } }, 10],
      log: ['a:enter from a', 'a:t', 'a:event_timeout e'],
    },
    {
      rule: 'any event cancels the event time-out, a named time-out too',
      steps: [{ id: 't', on: { a: stay(eventTimeout(10, 'e'), named('n', 5, 'n')) } }, 100],
      log: ['a:enter from a', 'a:t', 'a:timeout n n'],
    },
    {
      rule: 'an event time-out outlives the change of state that set it',
      steps: [{ id: 't', on: { a: to('b', eventTimeout(10, 'e')) } }, 10],
      log: ['a:enter from a', 'a:t', 'b:enter from a', 'b:event_timeout e'],
    },
    {
      rule: 'a postponed event that is tried again cancels the event time-out',
      steps: [postponedInA('p'), { id: 't', on: { a: to('b', eventTimeout(10, 'e')) } }, 100],
      log: ['a:enter from a', 'a:p', 'a:t', 'b:enter from a', 'b:p'],
    },
    {
      rule: 'named time-outs run side by side, whatever events and changes of state come',
      steps: [{ id: 't', on: { a: stay(named('one', 10, 1), named('two', 5, 2)) } }, goTo('b'), 5, plain('x'), 5],
      log: ['a:enter from a', 'a:t', 'a:to b', 'b:enter from a', 'b:timeout two 2', 'b:x', 'b:timeout one 1'],
    },
    {
      rule: 'a time-out of 0 ms comes after inserted and postponed events, before the mailbox',
      steps: [postponedInA('p'), { id: 't', on: { a: to('b', stateTimeout(0, 's'), insert(plain('1'))) } }, plain('x')],
      log: ['a:enter from a', 'a:p', 'a:t', 'b:enter from a', 'b:1', 'b:p', 'b:state_timeout s', 'b:x'],
    },
    {
      rule: 'a state time-out of 0 ms is cancelled by a change of state that comes before it',
      steps: [{ id: 't', on: { a: stay(stateTimeout(0, 's'), insert(goTo('b'))) } }],
      log: ['a:enter from a', 'a:t', 'a:to b', 'b:enter from a'],
    },
    {
      rule: 'an event time-out of 0 ms comes only if no event waits in the machine',
      steps: [
        { id: 't1', on: { a: stay(eventTimeout(0, 'lost'), insert(plain('1'))) } },
        { id: 't2', on: { a: stay(eventTimeout(0, 'comes')) } },
      ],
      log: ['a:enter from a', 'a:t1', 'a:1', 'a:t2', 'a:event_timeout comes'],
    },
    {
      rule: 'a time-out that has run out is not delivered once it was cancelled, even if it was in the mailbox',
      steps: [
        { id: 'both at 10', on: { a: (_data, self) => void self.sendAfter(10, goTo('b')) } },
        { id: 't', on: { a: stay(stateTimeout(10, 's')) } },
        10,
      ],
      log: ['a:enter from a', 'a:both at 10', 'a:t', 'a:to b', 'b:enter from a'],
    },
    {
      rule: 'a machine may start time-outs in init',
      start: { actions: [stateTimeout(10, 's') as never, named('n', 0, 'n') as never] },
      steps: [plain('x'), 10],
      log: ['a:enter from a', 'a:timeout n n', 'a:x', 'a:state_timeout s'],
    },
    {
      rule: 'a stop ends the machine when the handler has returned, in the state and with the data it returned; no event and no enter call follows',
      steps: [
        {
          id: 'end',
          on: {
            a: (data, self) => {
              self.stop('shutdown');
              return { ...to('b', insert(plain('never'))), data: { log: data.log, n: 7 } };
            },
          },
        },
        plain('x'),
      ],
      log: ['a:enter from a', 'a:end', 'b:terminate shutdown 7'],
    },
    {
      rule: 'a handler that throws ends the machine with the state and data from before it',
      steps: [
        {
          id: 'boom',
          on: {
            a: () => {
              throw new Error('boom');
            },
          },
        },
        plain('x'),
      ],
      log: ['a:enter from a', 'a:boom', 'a:terminate error:boom 0'],
    },
    {
      rule: 'an enter call that throws ends the machine in the new state',
      start: {
        enter: {
          b: () => {
            throw new Error('no entry');
          },
        },
      },
      steps: [goTo('b')],
      log: ['a:enter from a', 'a:to b', 'b:enter from a', 'b:terminate error:no entry 0'],
    },
  ];
  test.each(rows)('$rule', ({ start = {}, steps, log }) => {
    const kit = createTestSystem();
    const machine = begin(kit, start);
    for (const step of steps)
      if (typeof step === 'number') kit.advance(step);
      else kit.system.send(machine.pid, step);
    kit.run();
    expect(machine.log).toEqual(log);
  });
});
