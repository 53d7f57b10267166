import { describe, expect, test } from '@jest/globals';
import { defineStateMachine } from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';
import { begin, insert, plain, postpone, to } from './scripted-machine.js';

describe('what a state machine must not do ends it with a sentence', () => {
  test.each<[string, unknown, string]>([
    ['an unknown state', { nextState: 'nowhere' }, 'machine, state a: there is no state nowhere'],
    ['a state that every object has', { nextState: 'toString' }, 'there is no state toString'],
    ['an unknown member', { next: 'b' }, 'unknown member next in a transition'],
    ['a string', 'b', 'a handler returned string, not an object or nothing'],
    ['an unknown action', { actions: [{ type: 'jump' }] }, 'unknown action jump'],
    ['actions that are no array', { actions: { type: 'postpone' } }, 'actions must be an array'],
    ['a negative time', { actions: [{ type: 'state_timeout', afterMs: -1 }] }, 'afterMs is -1, must be from 0'],
    ['a time-out without a name', { actions: [{ type: 'timeout', afterMs: 1 }] }, 'needs a name'],
    ['a time-out without a time', { actions: [{ type: 'event_timeout' }] }, 'needs afterMs, update, or cancel: true'],
    ['an empty next_event', { actions: [{ type: 'next_event' }] }, 'next_event needs message, internal'],
  ])('%s', (_what, answer, sentence) => {
    const kit = createTestSystem();
    const { pid, send } = begin(kit);
    send({ id: 'bad', on: { a: () => answer } });
    expect(kit.system.isAlive(pid)).toBe(false);
    expect(kit.crashes[0]?.reason).toMatchObject({
      error: { code: 'bad_transition', message: expect.stringContaining(sentence) },
    });
  });

  test.each<[string, unknown, string]>([
    ['change the state', { nextState: 'c' }, 'enter must not return nextState'],
    ['postpone', { actions: [postpone] }, 'enter must not return the action postpone'],
    ['insert events', { actions: [insert(plain('x'))] }, 'enter must not return the action next_event'],
  ])('an enter call may not %s', (_what, answer, sentence) => {
    const kit = createTestSystem();
    const { send } = begin(kit, { enter: { b: () => answer } });
    send({ id: 'go', on: { a: to('b') } });
    expect(kit.crashes[0]?.reason).toMatchObject({
      error: { code: 'bad_transition', message: expect.stringContaining(sentence) },
    });
  });

  test('a message that no handler is for', () => {
    const kit = createTestSystem();
    const pid = kit.system.spawn(
      defineStateMachine<void, null, string, 'only'>({
        name: 'deaf',
        version: '1',
        init: () => ({ state: 'only', data: null }),
        states: { only: {} },
      }),
      undefined,
    );
    kit.system.send(pid, 'x');
    kit.run();
    expect(kit.crashes[0]?.reason).toMatchObject({
      error: { code: 'no_handler', message: 'state machine deaf, state only has no handler for a message' },
    });
  });

  test.each<[string, object, string]>([
    ['no states', { states: {} }, 'states must be an object with at least one state'],
    [
      'an unknown handler',
      { states: { a: { onMessage: () => undefined } } },
      'states.a has an unknown handler onMessage',
    ],
    ['a handler that is no function', { states: { a: { enter: 1 } } }, 'states.a.enter must be a function'],
    ['an enter call for any state', { anyState: { enter: () => undefined } }, 'anyState has an unknown handler enter'],
    ['no init', { init: undefined }, 'init must be a function'],
    ['no name', { name: '' }, 'needs a name'],
    ['hibernate alone', { hibernate: () => 1 }, 'hibernate and wake come together'],
  ])('a definition with %s is refused', (_what, wrong, sentence) => {
    const good = { name: 'm', version: '1', init: () => ({ state: 'a', data: null }), states: { a: {} } };
    expect(() => defineStateMachine({ ...good, ...wrong })).toThrow(sentence);
  });
});
