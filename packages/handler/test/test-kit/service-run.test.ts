import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { callError, defineService, method } from '../../src/index.js';
import { ServiceRun } from '../../src/test-kit/index.js';

interface State {
  total: number;
}

const counter = defineService<State>({
  name: 'counter',
  version: '1.0.0',
  init: (ctx) => {
    ctx.setTimer(1_000, 'tick');
    return { total: 0 };
  },
  handleMessage(message, state, ctx) {
    const sent = ctx.reply(message, `got ${message.text()}`);
    if (message.text() === 'crash') throw new Error('crashed');
    if (message.text() === 'late') void Promise.resolve().then(() => late.push(() => ctx.send('bob', 'late')));
    state.total += sent.cid + 1;
  },
  handleTimer(tag, state, ctx) {
    ctx.send('alice', `${String(tag)} at ${ctx.now}`);
    ctx.setTimer(1_000, tag);
    return { total: state.total + 10 };
  },
  methods: {
    add: method(z.object({ by: z.number() }), ({ by }, state, ctx) => {
      ctx.signal('alice', 'adding');
      if (by > 5) throw callError('too_much', 'at most 5');
      return (state.total += by);
    }),
    hash: method(z.string(), (text, _state, ctx) => ctx.offload('double', text)),
  },
  tasks: { double: (text: string) => text + text },
});
const late: (() => unknown)[] = [];

describe('a service that is run by hand', () => {
  test('takes messages, and what it sends is there once the handling has returned', async () => {
    const run = await ServiceRun.start(counter);
    await run.message('alice', 'hi');
    expect(run.state).toEqual({ total: 1 });
    expect(run.takeSent()).toMatchObject([{ from: '$counter', to: 'alice', isSignal: false }]);
    expect(run.takeSent()).toEqual([]);
  });

  test('that throws leaves nothing but a new state', async () => {
    const run = await ServiceRun.start(counter);
    await run.message('alice', 'hi');
    run.takeSent();
    await expect(run.message('alice', 'crash')).rejects.toThrow('crashed');
    expect(run.sent).toEqual([]);
    expect(run.state).toEqual({ total: 0 });
  });

  test('answers calls, refuses bad arguments, and its own errors are no crash', async () => {
    const run = await ServiceRun.start(counter);
    expect(await run.call('alice', 'add', { by: 3 })).toBe(3);
    await expect(run.call('alice', 'add', { by: 'x' })).rejects.toMatchObject({ code: 'bad_args' });
    await expect(run.call('alice', 'sub', {})).rejects.toMatchObject({ code: 'unknown_method' });
    await expect(run.call('alice', 'add', { by: 6 })).rejects.toMatchObject({ code: 'too_much' });
    expect(run.state).toEqual({ total: 3 });
    expect(run.sent.filter(({ isSignal }) => isSignal)).toHaveLength(2);
    expect(await run.call('alice', 'hash', 'ab')).toBe('abab');
  });

  test('gets its timers in order as time passes', async () => {
    const run = await ServiceRun.start(counter, { now: 500 });
    await run.advance(999);
    expect(run.sent).toEqual([]);
    await run.advance(2_001);
    expect(run.takeSent().map((message) => message.text())).toEqual(['tick at 1500', 'tick at 2500', 'tick at 3500']);
    expect(run.state).toEqual({ total: 30 });
  });

  test('moves to another version with its state', async () => {
    const run = await ServiceRun.start(counter);
    await run.message('alice', 'hi');
    const next = defineService<{ sum: number }>({
      ...{ name: 'counter', version: '2.0.0' },
      init: () => ({ sum: 0 }),
      codeChange: (state, from) => {
        if (from !== '1.0.0') throw new Error(`from ${from}`);
        return { sum: (state as State).total };
      },
    });
    expect(run.moveTo(next).state).toEqual({ sum: 1 });
  });

  test('may not use a context after its handling', async () => {
    const run = await ServiceRun.start(counter);
    await run.message('alice', 'late');
    await Promise.resolve();
    expect(late[0]).toThrow(expect.objectContaining({ code: 'handling_over' }));
  });

  test('may not send to a name that is none', async () => {
    const bad = defineService({
      ...{ name: 'bad', version: '1.0.0', init: () => undefined },
      handleMessage: (_message, _state, ctx) => void ctx.send('', 'x'),
    });
    const run = await ServiceRun.start(bad);
    await expect(run.message('alice', 'x')).rejects.toMatchObject({ code: 'bad_send' });
  });
});
