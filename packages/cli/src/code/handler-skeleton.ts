/** The kinds of handler module that `mailbeam new handler` writes. */
export const skeletonKinds = ['service', 'interceptor'] as const;
export type SkeletonKind = (typeof skeletonKinds)[number];

/** A typed handler module that runs as it is. */
export function handlerSource(name: string, kind: SkeletonKind): string {
  return kind === 'service' ? serviceSource(name) : interceptorSource(name);
}

/** Its test, for `node:test`. */
export function testSource(name: string, kind: SkeletonKind): string {
  return kind === 'service' ? serviceTest(name) : interceptorTest(name);
}

function serviceSource(name: string): string {
  return `import { defineService, method } from '@mailbeam/handler';
import { z } from 'zod';

/** Plain data: it is copied, and carried over to the next version by \`codeChange\`. */
interface State {
  handled: number;
}

/** Users write to \`$${name}\`, and call its methods. */
export default defineService<State>({
  name: '${name}',
  version: '1.0.0',
  init: () => ({ handled: 0 }),

  /** For each message, one at a time. It is delivered when this has returned, and what is sent here leaves then. */
  handleMessage(message, state, ctx) {
    state.handled += 1;
    ctx.reply(message, \`\${message.from}, I got: \${message.text()}\`);
  },

  methods: {
    /** client.call('${name}', 'handled', null) */
    handled: method(z.null(), (_, state) => state.handled),
  },

  /** When this version takes over: \`state\` is that of version \`from\`. A throw sends all actors back. */
  codeChange: (state, _from) => state as State,

  /** Before this version goes live; a throw keeps it out. */
  selfTest() {
    if (1 + 1 !== 2) throw new Error('this would keep it out');
  },
});
`;
}

function serviceTest(name: string): string {
  return `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceRun } from '@mailbeam/handler/test-kit';
import handler from './${name}.ts';

test('it answers who writes to it', async () => {
  const run = await ServiceRun.start(handler);
  await run.message('alice', 'hello');
  assert.deepEqual(
    run.sent.map((message) => [message.to, message.text()]),
    [['alice', 'alice, I got: hello']],
  );
});

test('it counts what it handled', async () => {
  const run = await ServiceRun.start(handler);
  await run.message('alice', 'hello');
  assert.equal(await run.call('alice', 'handled'), 1);
});
`;
}

function interceptorSource(name: string): string {
  return `import { defineInterceptor, pass, reject } from '@mailbeam/handler';

/** Plain data, one for each connection: it is copied, and carried over to the next version by \`codeChange\`. */
interface State {
  refused: number;
}

/** Sees every message before it is accepted. It holds up everybody while it runs: be quick. */
export default defineInterceptor<State>({
  name: '${name}',
  version: '1.0.0',
  init: () => ({ refused: 0 }),

  /** Returns pass(), tell(service, note), change(body), reject(code, detail) or divert(to). */
  intercept(envelope, state) {
    if (!envelope.text().endsWith('!!!')) return pass();
    state.refused += 1;
    return reject('forbidden', 'please do not shout');
  },

  /** When this version takes over: \`state\` is that of version \`from\`. A throw sends all connections back. */
  codeChange: (state, _from) => state as State,

  /** Before this version goes live; a throw keeps it out. */
  selfTest() {
    if (1 + 1 !== 2) throw new Error('this would keep it out');
  },
});
`;
}

function interceptorTest(name: string): string {
  return `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pass, reject } from '@mailbeam/handler';
import { InterceptorRun } from '@mailbeam/handler/test-kit';
import handler from './${name}.ts';

test('it lets messages pass', async () => {
  const run = new InterceptorRun(handler, 'alice');
  assert.deepEqual(await run.send('bob', 'hello'), pass());
});

test('it refuses who shouts', async () => {
  const run = new InterceptorRun(handler, 'alice');
  assert.deepEqual(await run.send('bob', 'hello!!!'), reject('forbidden', 'please do not shout'));
});
`;
}

/**
 * The compiler options that an editor needs.
 * @param paths where the types of packages stand that the directory does not find by itself
 */
export function tsconfigSource(paths: Readonly<Record<string, string>>, typeRoot: string | undefined): string {
  const compilerOptions = {
    ...{ target: 'es2023', module: 'esnext', moduleResolution: 'bundler', strict: true, noEmit: true },
    ...{ noUncheckedIndexedAccess: true, allowImportingTsExtensions: true, skipLibCheck: true },
    types: ['node'],
    ...(typeRoot === undefined ? {} : { typeRoots: [typeRoot] }),
    ...(Object.keys(paths).length === 0
      ? {}
      : { paths: Object.fromEntries(Object.entries(paths).map(([name, file]) => [name, [file]])) }),
  };
  return `${JSON.stringify({ compilerOptions, include: ['**/*.ts'] }, undefined, 2)}\n`;
}
