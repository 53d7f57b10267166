import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ConfigError, configKeys, configValue, loadConfig, sourceText } from '../../src/config/index.js';
import type { ConfigRequest, LoadedConfig } from '../../src/config/index.js';

let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'mailbeam-config-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const load = (request: Partial<ConfigRequest> = {}): Promise<LoadedConfig> =>
  loadConfig({ directory, environment: {}, ...request });

const write = (name: string, content: unknown): Promise<void> =>
  writeFile(path.join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));

async function problemsOf(request: Partial<ConfigRequest>): Promise<string[]> {
  try {
    await load(request);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n');
  }
}

describe('precedence', () => {
  const flags = [{ flag: '--port', key: 'port', text: '7' }];
  const environment = { MAILBEAM_PORT: '6' };
  test.each([
    ['nothing', false, {}, [], 4000, 'default'],
    ['a file', true, {}, [], 5, 'file DIR/mailbeam.config.json'],
    ['a variable', false, environment, [], 6, 'environment variable MAILBEAM_PORT'],
    ['a file and a variable', true, environment, [], 6, 'environment variable MAILBEAM_PORT'],
    ['a flag', false, {}, flags, 7, 'flag --port'],
    ['a file and a flag', true, {}, flags, 7, 'flag --port'],
    ['a variable and a flag', false, environment, flags, 7, 'flag --port'],
    ['all of them', true, environment, flags, 7, 'flag --port'],
  ])('with %s given, the last of default, file, environment, flag wins', async (_, file, env, given, port, source) => {
    if (file) await write('mailbeam.config.json', { port: 5 });
    const loaded = await load({ environment: env, flags: given });
    expect(loaded.config.port).toBe(port);
    expect(sourceText(loaded.sources.get('port') ?? { kind: 'default', note: 'missing' })).toBe(
      source.replace('DIR', directory),
    );
  });

  test('is decided key by key, not group by group', async () => {
    await write('mailbeam.config.json', { limits: { rate: 5, watch: 6 } });
    const { config } = await load({ environment: { MAILBEAM_LIMITS_RATE: '50' } });
    expect(config.limits).toMatchObject({ rate: 50, watch: 6, sendWindow: 256 });
  });

  test('a share is a number with a fraction, in a file and in a variable', async () => {
    await write('mailbeam.config.json', { traces: { sample: 0.25 } });
    expect((await load()).config.traces.sample).toBe(0.25);
    for (const [text, share] of [
      ['0.001', 0.001],
      ['.5', 0.5],
      ['1', 1],
    ] as const) {
      const { config } = await load({ environment: { MAILBEAM_TRACES_SAMPLE: text } });
      expect(config.traces.sample).toBe(share);
    }
    for (const text of ['1.5', '-0.1', '1%', 'half', '1e-3'])
      await expect(load({ environment: { MAILBEAM_TRACES_SAMPLE: text } })).rejects.toThrow(
        'must be a number from 0 to 1',
      );
  });

  test('an empty variable counts as not set', async () => {
    expect((await load({ environment: { MAILBEAM_PORT: '' } })).config.port).toBe(4000);
  });
});

describe('every key', () => {
  test('has a description, what is allowed, a default that is allowed, and a source', async () => {
    const { sources } = await load();
    for (const key of configKeys) {
      expect([key.key, key.description]).toEqual([key.key, expect.stringMatching(/^[A-Z].*\.$/s)]);
      expect([key.key, key.allowed === '']).toEqual([key.key, false]);
      expect([key.key, key.accepts(key.default)]).toEqual([key.key, true]);
      if (key.kind === 'integer' || key.kind === 'number') expect([key.key, key.unit === '']).toEqual([key.key, false]);
      expect(sources.has(key.key)).toBe(true);
    }
  });

  test('can be set by its variable', async () => {
    const sample = {
      integer: '4500',
      number: '0.75',
      boolean: 'false',
      choice: '',
      text: '127.0.0.9',
      list: 'http://a.test,http://b.test',
      rules: '[]',
    };
    for (const key of configKeys) {
      const text = key.kind === 'choice' ? String(key.default) : sample[key.kind];
      const list = ['http://a.test', 'http://b.test'];
      const value = { integer: 4500, number: 0.75, boolean: false, choice: text, text, list, rules: [] }[key.kind];
      const loaded = await load({ environment: { [key.variable]: text } }).catch(
        (error: unknown) => error as ConfigError,
      );
      if (loaded instanceof ConfigError) {
        // 4500 is out of the range of some; then the error proves that the variable was taken for this key.
        expect(loaded.problems.map((problem) => problem.key)).toEqual([key.key]);
        expect(loaded.message).toContain(key.variable);
      } else {
        const shown = configValue(loaded.config, key.key);
        expect(shown).toEqual(['data', 'code.handlers'].includes(key.key) ? path.join(directory, '127.0.0.9') : value);
      }
    }
  });

  test('has the variable that the issue promises', () => {
    const key = configKeys.find((known) => known.key === 'privacy.clearNames');
    expect(key?.variable).toBe('MAILBEAM_PRIVACY_CLEAR_NAMES');
  });
});

describe('a file', () => {
  test('in TypeScript is loaded with what it imports, and may be checked by the type', async () => {
    await write('limits.ts', 'export const rate: number = 20;');
    await write(
      'mailbeam.config.ts',
      `import type { ConfigInput } from '@mailbeam/router/config';
       import { rate } from './limits.js';
       import path from 'node:path';
       export default { limits: { rate }, data: path.join('a', 'b') } satisfies ConfigInput;`,
    );
    const { config, file } = await load();
    expect(config.limits.rate).toBe(20);
    expect(config.data).toBe(path.join(directory, 'a/b'));
    expect(file).toBe(path.join(directory, 'mailbeam.config.ts'));
  });

  test('that MAILBEAM_CONFIG names is read, and --config wins over it', async () => {
    await write('one.json', { port: 1 });
    await write('two.json', { port: 2 });
    const environment = { MAILBEAM_CONFIG: 'one.json' };
    expect((await load({ environment })).config.port).toBe(1);
    expect((await load({ environment, file: 'two.json' })).config.port).toBe(2);
  });

  test('elsewhere has its relative data directory counted from itself', async () => {
    await mkdir(path.join(directory, 'etc'));
    await write('etc/router.json', { data: 'messages' });
    expect((await load({ file: 'etc/router.json' })).config.data).toBe(path.join(directory, 'etc/messages'));
    const flags = [{ flag: '--data', key: 'data', text: 'here' }];
    expect((await load({ file: 'etc/router.json', flags })).config.data).toBe(path.join(directory, 'here'));
  });

  test.each([
    ['that is not there', 'gone.json', undefined, /gone\.json: there is no such file/],
    ['that is not JSON', 'bad.json', '{ "port": 1, }', /bad\.json: is not JSON: /],
    ['that holds no object', 'list.json', '[1]', /list\.json: must hold an object/],
    ['that is not TypeScript', 'bad.ts', 'export default {', /bad\.ts: cannot be loaded: .*bad\.ts:1/s],
    ['that throws', 'throws.ts', 'throw new Error("no vault")', /throws\.ts: cannot be loaded: no vault/],
    ['without a default export', 'none.ts', 'export const port = 1', /none\.ts: must hold an object/],
    ['of another kind', 'router.yaml', 'port: 1', /router\.yaml: must end in \.json/],
  ])('%s is refused with its name and the reason', async (_, name, content, message) => {
    if (content !== undefined) await write(name, content);
    expect((await problemsOf({ file: name })).join('\n')).toMatch(message);
  });

  test('beside another one is refused: it must be plain which is in force', async () => {
    await write('mailbeam.config.json', {});
    await write('mailbeam.config.ts', 'export default {}');
    expect(await problemsOf({})).toEqual([expect.stringContaining('keep one, or name it by --config')]);
  });
});

describe('an error', () => {
  test.each([
    [{ port: 70_000 }, 'port is 70000 (from file FILE): must be a whole number from 0 to 65535 (TCP port)'],
    [{ port: '4000' }, 'port is "4000" (from file FILE): must be a whole number from 0 to 65535 (TCP port)'],
    [{ port: 1.5 }, 'port is 1.5 (from file FILE): must be a whole number from 0 to 65535 (TCP port)'],
    [{ port: null }, 'port is null (from file FILE): must be a whole number from 0 to 65535 (TCP port)'],
    [{ host: '' }, 'host is "" (from file FILE): must be a host name or an IP address'],
    [{ idleTimeoutSeconds: 7 }, 'idleTimeoutSeconds is 7 (from file FILE): must be a whole number from 8 to 960 (s)'],
    [{ privacy: { clearNames: 1 } }, 'privacy.clearNames is 1 (from file FILE): must be true or false'],
    [{ auth: { mode: 'none' } }, 'auth.mode is "none" (from file FILE): must be only "open"'],
    [
      { auth: { origins: ['https://a.test/path'] } },
      'auth.origins is ["https://a.test/path"] (from file FILE): must be a list of origins such as https://chat.example.org (scheme, host and port, no path)',
    ],
    [{ limits: 5 }, /^limits is 5 \(from file FILE\): must be an object with maxMessageBytes, /],
    [{ prot: 1 }, 'prot is 1 (from file FILE): there is no such key; did you mean port?'],
    [
      { clearNames: true },
      'clearNames is true (from file FILE): there is no such key; did you mean privacy.clearNames?',
    ],
    [
      { limits: { sendWindws: 1 } },
      'limits.sendWindws is 1 (from file FILE): there is no such key; did you mean limits.sendWindow?',
    ],
    [{ zzzzzzzz: 1 }, 'zzzzzzzz is 1 (from file FILE): there is no such key (`mailbeam config` lists all)'],
  ])('for %j names key, value, source and what is allowed', async (content, message) => {
    await write('c.json', content);
    const file = path.join(directory, 'c.json');
    const problems = (await problemsOf({ file: 'c.json' })).map((line) => line.replace(file, 'FILE'));
    expect(problems).toEqual([typeof message === 'string' ? message : expect.stringMatching(message)]);
  });

  test('does not print a long value in full', async () => {
    const [line = ''] = await problemsOf({ environment: { MAILBEAM_LOG_LEVEL: 'x'.repeat(5_000) } });
    expect(line.length).toBeLessThan(400);
  });

  test.each([
    ['MAILBEAM_ADMIN_PROT', '1', /did you mean MAILBEAM_ADMIN_PORT\?/],
    ['MAILBEAM_PORT', 'tcp://10.0.0.1:4000', /enableServiceLinks/],
    ['MAILBEAM_PORT_4000_TCP_ADDR', '10.0.0.1', /enableServiceLinks/],
    ['MAILBEAM_SERVICE_HOST', '10.0.0.1', /enableServiceLinks/],
    ['MAILBEAM_PORT', 'abc', /port is "abc" \(from environment variable MAILBEAM_PORT\): must be a whole number/],
    ['MAILBEAM_PRIVACY_CLEAR_NAMES', 'yes', /must be true or false/],
  ])('for %s=%s says what is meant', async (variable, text, message) => {
    expect((await problemsOf({ environment: { [variable]: text } })).join('\n')).toMatch(message);
  });

  test('tells of all problems at once, from every source', async () => {
    await write('mailbeam.config.json', { maxAttempts: 0, foo: 1 });
    const problems = await problemsOf({
      environment: { MAILBEAM_DRAIN_MS: '1e3' },
      flags: [{ flag: '--host', key: 'host', text: 'a b' }],
    });
    expect(problems).toHaveLength(4);
  });

  test.each([
    [
      { limits: { inflightBytes: 10_000 } },
      /limits\.inflightBytes is 10000 .* must not be below limits\.maxMessageBytes, which is 262144/,
    ],
    [{ port: 4001 }, /admin\.port is 4001 \(from default\): must differ from port/],
    [{ restart: { maxDelayMs: 5 } }, /restart\.maxDelayMs is 5 .*must not be below restart\.delayMs, which is 100/],
    [{ host: '0.0.0.0' }, /host is "0\.0\.0\.0" .*must be a loopback address/],
    [{ host: '::' }, /must be a loopback address/],
    [{ host: '127.0.0.1.example.org' }, /must be a loopback address/],
    [{ admin: { host: '10.0.0.1' } }, /admin\.host is "10\.0\.0\.1" .*must be a loopback address/],
  ])('refuses what cannot stand together: %j', async (content, message) => {
    await write('mailbeam.config.json', content);
    expect((await problemsOf({})).join('\n')).toMatch(message);
  });

  test.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost'])('lets %s be bound in open mode', async (host) => {
    await write('mailbeam.config.json', { host });
    expect((await load()).config.host).toBe(host);
  });
});

describe('clear names', () => {
  test('are set by open mode, and the source says so', async () => {
    const { config, sources } = await load();
    expect(config.privacy.clearNames).toBe(true);
    expect(sources.get('privacy.clearNames')).toEqual({ kind: 'default', note: 'auth.mode is open' });
  });

  test('can be switched off in open mode too', async () => {
    expect((await load({ environment: { MAILBEAM_PRIVACY_CLEAR_NAMES: 'false' } })).config.privacy.clearNames).toBe(
      false,
    );
  });
});

test('a key called __proto__ is unknown like any other and changes nothing', async () => {
  await write('mailbeam.config.json', '{ "__proto__": { "port": 1 }, "limits": { "__proto__": 1 } }');
  expect(await problemsOf({})).toHaveLength(2);
  expect(({} as { port?: number }).port).toBeUndefined();
});

describe('alert rules', () => {
  const rule = { name: 'deep', warning: { depth: 5 } };

  test('are taken from a file, with their defaults filled in', async () => {
    await write('mailbeam.config.json', { alerts: { rules: [rule] } });
    const { config } = await load();
    expect(config.alerts.rules).toMatchObject([
      { ...rule, warning: { depth: { above: 5, clear: 2.5 } }, forSeconds: 10 },
    ]);
  });

  test('are JSON in the variable', async () => {
    const { config } = await load({ environment: { MAILBEAM_ALERTS_RULES: JSON.stringify([rule]) } });
    expect(config.alerts.rules.map(({ name }) => name)).toEqual(['deep']);
  });

  test.each([
    [[{ name: 'deep', warning: { dept: 5 } }], /must be a list of alert rules; 0\.warning: .*dept/],
    [[rule, rule], /two rules have the same name/],
    ['no JSON', /must be a list of alert rules/],
  ])('%j are refused, with what is wrong and where', async (rules, problem) => {
    await write('mailbeam.config.json', { alerts: { rules } });
    expect((await problemsOf({}))[0]).toMatch(problem);
  });

  test.each(['ftp://x', 'example.org'])('are not sent to %s', async (alertmanager) => {
    await write('mailbeam.config.json', { alerts: { alertmanager } });
    expect((await problemsOf({}))[0]).toMatch(/must be an http: or https: address/);
  });
});
