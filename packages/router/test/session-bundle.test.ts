import { join } from 'node:path';
import { buildSync } from 'esbuild';
import * as actors from '@mailbeam/actors';
import { evaluateBundle } from '@mailbeam/code';
import * as protocol from '@mailbeam/protocol';
import { describe, expect, test } from '@jest/globals';
import type { Behaviour, Pid } from '@mailbeam/actors';
import type { SessionPort } from '@mailbeam/handler';
import { builtIn } from '../src/built-in.js';
import { sessionShell } from '../src/port/session-shell.js';
import type { SessionModule } from '../src/port/session-shell.js';
import { TestNode } from '../src/test-kit/test-node.js';

/** What a session's module may import: public entry points, shared with the host by identity. */
const shared = new Map<string, object>([
  ['@mailbeam/actors', actors],
  ['@mailbeam/protocol', protocol],
]);

const files = {
  v1: join(import.meta.dirname, '../src/behaviours/session.ts'),
  v2: join(import.meta.dirname, 'session-v2.ts'),
};

function bundle(file: string) {
  const { outputFiles, metafile } = buildSync({
    entryPoints: [file],
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    external: ['@mailbeam/*', 'node:*'],
    metafile: true,
    write: false,
  });
  return { code: outputFiles[0]!.text, metafile };
}

/** Evaluates a bundle in a fresh module of the host, as the code server does. */
function load(file: string): SessionModule {
  const loaded = evaluateBundle(bundle(file).code, file.replace(/\.ts$/, '.cjs'), shared);
  return (loaded as { default: SessionModule }).default;
}

describe("the session's module", () => {
  test('consists of one file that imports public entry points only', () => {
    const { metafile } = bundle(files.v1);
    const inputs = Object.entries(metafile.inputs);
    expect(inputs).toHaveLength(1);
    expect(inputs[0]![1].imports.map((i) => i.path).sort()).toEqual(['@mailbeam/actors', '@mailbeam/protocol']);
    expect(inputs[0]![1].imports.every((i) => i.external)).toBe(true);
  });

  test('keeps nothing at module level: what it exports is frozen or holds only its functions, name and version', () => {
    const module = load(files.v1) as unknown as Record<string, unknown>;
    const data = Object.entries(module).filter(([, value]) => typeof value !== 'function');
    expect(Object.fromEntries(data)).toEqual({ name: 'session', version: '1.0.0' });
    const code = buildSync({ entryPoints: [files.v1], format: 'esm', target: 'node20', write: false }).outputFiles[0]!
      .text;
    expect(code).not.toMatch(/^(?:let|const|var) (?!session_default\b)/m);
    expect(typeof module['codeChange']).toBe('function');
  });

  test('loaded in a fresh bundle, holds a conversation', async () => {
    const node = new TestNode({ session: load(files.v1) });
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    alice.send1(1, 'bob', 'hello');
    node.run();
    bob.ack(1);
    bob.send1(1, 'alice', 'hi');
    bob.write((w) => w.read(2, 'alice', 1, 1));
    node.run();
    alice.ack(3);
    await node.pass(10);
    expect([bob.bodies, alice.bodies]).toEqual([['hello'], ['hi']]);
    expect([alice.acceptedUpTo, bob.acceptedUpTo]).toEqual([1, 2]);
    expect(alice.of('receipt').map(({ kind, cid }) => ({ kind, cid }))).toEqual([
      { kind: 1, cid: 1 },
      { kind: 2, cid: 1 },
    ]);
    alice.write((w) => {
      w.signal('bob', Buffer.from('s'));
      w.watch(['bob'], true);
      w.send(2, '', Buffer.from('x'), {});
    });
    await node.settle();
    expect(bob.of('signal')).toHaveLength(1);
    expect(alice.of('presence')).toMatchObject([{ user: 'bob', online: true }]);
    expect(alice.of('rejected')).toMatchObject([{ cid: 2, code: 'invalid' }]);
    expect(node.crashes).toEqual([]);
  });

  test('is another object each time it is loaded, and both may run at once', () => {
    expect(load(files.v1)).not.toBe(load(files.v1));
  });
});

describe('a change of code in the middle of a conversation', () => {
  const shellOf = (module: SessionModule) =>
    sessionShell(builtIn('session', module)) as unknown as Behaviour<SessionPort, unknown, unknown>;
  const change = (node: TestNode, pid: unknown, module: SessionModule) =>
    node.core.system.changeCode(pid as Pid<unknown>, shellOf(module));

  test('carries the state over to another shape; nothing is lost, doubled or out of order', async () => {
    const node = new TestNode({ session: load(files.v1) });
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    const session = alice.port.session;
    for (let cid = 1; cid <= 3; cid++) alice.send1(cid, 'bob');
    node.run();
    for (let cid = 4; cid <= 6; cid++) alice.send1(cid, 'bob');
    const changed = change(node, session, load(files.v2));
    for (let cid = 7; cid <= 9; cid++) alice.send1(cid, 'bob');
    node.run();
    expect(await changed).toEqual({ changed: true });
    expect(alice.port.session).toBe(session);
    expect(node.core.system.info(session as Pid)).toMatchObject({ version: '2.0.0' });
    alice.send1(10, '#any');
    alice.write((w) => w.call(1, 'version', 'get', {}));
    node.run();
    expect(bob.bodies).toEqual(['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8', 'm9']);
    bob.ack(9);
    await node.pass(10);
    expect(alice.acceptedUpTo).toBe(9);
    expect(alice.of('rejected')).toMatchObject([{ cid: 10, code: 'forbidden' }]);
    expect(alice.of('reply')).toMatchObject([{ rid: 1, ok: true }]);
    expect(node.core.ledger).toMatchObject({ accepted: 9, delivered: 9, pending: 0, imbalance: 0 });
    expect(node.crashes).toEqual([]);
  });

  test('concerns one session alone: the others stay on the version they have', async () => {
    const node = new TestNode({ session: load(files.v1) });
    const alice = await node.login('alice');
    const bob = await node.login('bob');
    const changed = change(node, alice.port.session, load(files.v2));
    node.run();
    await changed;
    for (const client of [alice, bob]) client.send1(1, '#any');
    await node.settle();
    expect([alice, bob].map((c) => c.of('rejected')[0]!.code)).toEqual(['forbidden', 'unknown_recipient']);
  });

  test('from a state that it does not know is refused, so that the session is started anew', async () => {
    const node = new TestNode({ session: load(files.v2) });
    const alice = await node.login('alice');
    const changed = change(node, alice.port.session, load(files.v1));
    node.run();
    expect(await changed).toMatchObject({ changed: false, reason: 'threw' });
    alice.send1(1, '#any');
    await node.settle();
    expect(alice.of('rejected')[0]!.code).toBe('forbidden');
  });
});
