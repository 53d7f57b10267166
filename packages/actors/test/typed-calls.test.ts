import { describe, expect, test } from '@jest/globals';
import {
  defineBehaviour,
  defineStateMachine,
  isReplyTo,
  startChild,
  supervisor,
  type CallErrorCode,
  type CallOf,
  type From,
  type Pid,
  type RequestRef,
} from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';

// What the compiler refuses is half of this file: an expected error that does not come fails `make types`.

type Calls =
  | CallOf<'size', number>
  | CallOf<'names', string[]>
  | CallOf<{ get: string }, string | undefined>
  | CallOf<{ all: string[] }, number>;

const phonebook = defineBehaviour<Record<string, string>, Map<string, string>, { add: string }, Calls>({
  name: 'phonebook',
  version: '1',
  init: (entries) => new Map(Object.entries(entries)),
  handleMessage: ({ add }, book) => void book.set(add, ''),
  handleCall(request, book, self, from) {
    if (request === 'size') return void self.reply(from, book.size);
    if (request === 'names') return void self.reply(from, [...book.keys()]);
    if ('all' in request) return void self.reply(from, request.all.length);
    self.reply(from, book.get(request.get));
    // @ts-expect-error -- no reply of its calls is a boolean
    if (book.size > 99) self.reply(from, true);
    return undefined;
  },
});

/** Fails to compile unless both types are the same. */
function same<A>() {
  return <B>(_value: B & ([A] extends [B] ? ([B] extends [A] ? unknown : never) : never)): void => undefined;
}

function start() {
  const kit = createTestSystem();
  return { kit, system: kit.system, pid: kit.system.spawn(phonebook, { alice: '12', bob: '34' }) };
}

describe('a pid that knows its calls', () => {
  test('tells the type of the reply by the request', async () => {
    const { kit, system, pid } = start();
    const size = system.call(pid, 'size');
    const names = system.call(pid, 'names', 100);
    const number = system.call(pid, { get: 'alice' });
    const literal = system.call(pid, { all: ['alice', 'carol'] });
    const list: string[] = ['bob'];
    const variable = system.call(pid, { all: list });
    await kit.settle();
    same<number>()(await literal);
    same<number>()(await variable);
    same<number>()(await size);
    same<string[]>()(await names);
    same<string | undefined>()(await number);
    expect([await size, await names, await number, await literal, await variable]).toEqual([
      2,
      ['alice', 'bob'],
      '12',
      2,
      1,
    ]);
  });

  test('takes no request that the behaviour does not answer', () => {
    const { kit, system, pid } = start();
    const ask = (): void => {
      // @ts-expect-error -- there is no such request
      void system.call(pid, 'sise');
      // @ts-expect-error -- a name is a string
      void system.call(pid, { get: 1 });
      // @ts-expect-error -- messages are sent
      void system.call(pid, { add: 'carol' });
      // @ts-expect-error -- requests are not
      system.send(pid, 'size');
    };
    expect(ask).toBeInstanceOf(Function);
    kit.run();
  });

  test('keeps them through spawnLink, spawnMonitor, self.pid and startChild', async () => {
    const { kit, system } = start();
    const replies: Promise<number>[] = [];
    const parent = defineBehaviour<undefined, null, never>({
      name: 'parent',
      version: '1',
      init(_arg, self) {
        replies.push(self.call(self.spawnLink(phonebook, { a: '' }), 'size'));
        replies.push(self.call(self.spawnMonitor(phonebook, { a: '', b: '' })[0], 'size'));
        return null;
      },
      handleMessage: () => undefined,
    });
    system.spawn(parent, undefined);
    const top = system.spawn(
      supervisor({ strategy: 'simple_one_for_one', children: [{ id: 'book', behaviour: phonebook }] }),
      undefined,
    );
    replies.push(system.call(startChild<never, Calls>(top, { a: '', b: '', c: '' }), 'size'));
    await kit.settle();
    expect(await Promise.all(replies)).toEqual([1, 2, 3]);
  });

  test('stands in for one that answers less, or less narrowly, and not the other way round', async () => {
    const { kit, system, pid } = start();
    const sized: Pid<never, CallOf<'size', number>> = pid;
    const wide: Pid<never, CallOf<'size', number | string>> = pid;
    const any: Pid = pid;
    // @ts-expect-error -- a size is a number
    const wrong: Pid<never, CallOf<'size', string>> = pid;
    // @ts-expect-error -- nothing is known of what it answers
    const unknown: Pid<never, CallOf<'size', number>> = any;
    // @ts-expect-error -- it answers more than it is known to
    const more: Pid<never, Calls> = sized;
    const reply = system.call(wide, 'size');
    await kit.settle();
    same<number | string>()(await reply);
    expect([await reply, wrong, unknown, more]).toEqual([2, pid, pid, pid]);
  });
});

describe('a request whose answer comes as a message', () => {
  test('has the type of its reply in its reference, and isReplyTo tells it from others', async () => {
    const { kit, system, pid } = start();
    const seen: unknown[] = [];
    interface Asked {
      readonly size: RequestRef<number>;
      readonly names: RequestRef<string[]>;
    }
    const asking = defineBehaviour<typeof pid, Asked, never>({
      name: 'asking',
      version: '1',
      init: (book, self) => ({ size: self.sendRequest(book, 'size'), names: self.sendRequest(book, 'names') }),
      handleMessage: () => undefined,
      handleInfo(info, { size, names }) {
        if (isReplyTo(info, size)) seen.push(info.ok ? info.reply.toFixed(1) : info.reason);
        else if (isReplyTo(info, names)) seen.push(info.ok ? info.reply.join('+') : info.reason);
        else seen.push(info.type);
      },
    });
    const asker = system.spawn(asking, pid);
    system.send(asker as Pid<unknown>, 'nothing that it knows');
    await kit.settle();
    expect(seen).toEqual(['2.0', 'alice+bob']);
    // @ts-expect-error -- the reply to this request is a number
    const wrong = (ref: RequestRef<number>): RequestRef<string> => ref;
    expect(wrong).toBeInstanceOf(Function);
  });
});

describe('a behaviour whose requests are literals', () => {
  test('is told in each case what it may reply', async () => {
    const kit = createTestSystem();
    const clock = defineBehaviour<undefined, null, never, CallOf<'day', string> | CallOf<'hour', number>>({
      name: 'clock',
      version: '1',
      init: () => null,
      handleMessage: () => undefined,
      handleCall(request, _state, self, from) {
        switch (request) {
          case 'day':
            self.reply(from, 'Monday');
            // @ts-expect-error -- a day is a string
            if (self.depth > 9) self.reply(from, 1);
            return;
          case 'hour':
            self.reply(from, 12);
        }
      },
    });
    const hour = kit.system.call(kit.system.spawn(clock, undefined), 'hour');
    await kit.settle();
    expect(await hour).toBe(12);
  });

  test('may keep what it is to answer, with its type', async () => {
    const kit = createTestSystem();
    const gate = defineBehaviour<undefined, From<string>[], 'open', CallOf<'wait', string>>({
      name: 'gate',
      version: '1',
      init: () => [],
      handleMessage: (_open, waiting, self) => {
        for (const from of waiting) self.reply(from, 'open');
      },
      handleCall: (_wait, waiting, _self, from) => void waiting.push(from),
    });
    const pid = kit.system.spawn(gate, undefined);
    const waits = [kit.system.call(pid, 'wait'), kit.system.call(pid, 'wait')];
    kit.system.send(pid, 'open');
    await kit.settle();
    expect(await Promise.all(waits)).toEqual(['open', 'open']);
  });
});

describe('a state machine', () => {
  test('has typed calls too', async () => {
    const kit = createTestSystem();
    const lamp = defineStateMachine<undefined, null, 'switch', 'on' | 'off', never, CallOf<'lit', boolean>>({
      name: 'lamp',
      version: '1',
      init: () => ({ state: 'off', data: null }),
      states: {
        off: {
          handleMessage: () => ({ nextState: 'on' }),
          handleCall: (_lit, _data, self, from) => void self.reply(from, false),
        },
        on: { handleCall: (_lit, _data, _self, from) => ({ actions: [{ type: 'reply', from, reply: true }] }) },
      },
    });
    const pid = kit.system.spawn(lamp, undefined);
    const before = kit.system.call(pid, 'lit');
    kit.system.send(pid, 'switch');
    const after = kit.system.call(pid, 'lit');
    // @ts-expect-error -- there is no such request
    const ask = (): unknown => kit.system.call(pid, 'switch');
    await kit.settle();
    same<boolean>()(await before);
    expect([await before, await after, typeof ask]).toEqual([false, true, 'function']);
  });
});

describe('without types of calls', () => {
  test('any request goes to a pid or a name, and the caller says what it expects', async () => {
    const kit = createTestSystem();
    const echo = defineBehaviour<undefined, null, never>({
      name: 'echo',
      version: '1',
      init: () => null,
      handleMessage: () => undefined,
      handleCall: (request, _state, self, from) => void self.reply(from, request),
    });
    const pid = kit.system.spawn(echo, undefined, { name: 'echo' });
    const replies = [kit.system.call<number>(pid, 1), kit.system.call<number>('echo', 2)] as const;
    const unknown = kit.system.call(pid, 3);
    await kit.settle();
    same<[number, number]>()(await Promise.all(replies));
    same<unknown>()(await unknown);
    expect([...(await Promise.all(replies)), await unknown]).toEqual([1, 2, 3]);
  });
});

test('the codes with which a call fails are a type', () => {
  const said: Record<CallErrorCode, true> = {
    timeout: true,
    noproc: true,
    exit: true,
    overloaded: true,
    no_handler: true,
  };
  expect(Object.keys(said)).toHaveLength(5);
});
