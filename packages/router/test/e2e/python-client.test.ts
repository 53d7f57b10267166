/** A client in a second language, written from docs/protocol.md alone (client.py). */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { StartedRouter } from './start-router.js';

const python = '/usr/bin/python3';
const vectors = join(dirname(dirname(dirname(dirname(import.meta.dirname)))), 'docs/protocol-vectors.json');
const isThere = spawnSync(python, ['-c', 'import websockets, msgpack']).status === 0;
if (!isThere) console.info('notice: python3-websockets or python3-msgpack is missing: the Python client is not tested');

interface Vector {
  readonly way: 'C' | 'S';
  readonly valid: boolean;
  readonly exact?: boolean;
}

/** Runs client.py against a router of its own and returns the steps that it took. */
async function runClient(what: string, ...args: readonly string[]): Promise<Record<string, unknown>[]> {
  const router = await StartedRouter.start();
  try {
    const script = join(import.meta.dirname, 'client.py');
    const client = spawn(python, [script, what, String(router.port), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [steps, errors] = ['', ''];
    client.stdout.on('data', (chunk: Buffer) => (steps += chunk.toString()));
    client.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const [code] = (await once(client, 'close')) as [number | null];
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    return steps
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  } finally {
    await router.dispose();
  }
}

const testWithPython = isThere ? test : test.skip;

testWithPython(
  'a client in Python holds a conversation and gets the documented answers to bad input',
  async () => {
    const steps = await runClient('story');
    const names = [
      'hello',
      'accepted',
      'rejected',
      'resent',
      'delivered',
      'receipts',
      'presence',
      'call',
      'ignored',
      'bad input',
    ];
    expect(steps.map(({ step }) => step)).toEqual(names);
  },
  60_000,
);

testWithPython(
  'Python reads and writes the test vectors, and the router refuses the invalid ones',
  async () => {
    const all = JSON.parse(readFileSync(vectors, 'utf8')) as Vector[];
    const exact = all.filter((vector) => vector.valid && vector.exact === true);
    expect(await runClient('vectors', vectors)).toEqual([
      {
        step: 'vectors',
        read: exact.length,
        written: exact.filter(({ way }) => way === 'C').length,
        refused: all.filter((vector) => !vector.valid && vector.way === 'C').length,
      },
    ]);
  },
  60_000,
);
