import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { codeErrors } from '@mailbeam/code';
import { handlerErrors } from '@mailbeam/handler';
import { freePort } from '../../src/start/free-port.js';
import { Reader, stepsOf } from './tutorial.js';

jest.setTimeout(120_000);

const page = readFileSync(new URL('../../../../docs/handlers.md', import.meta.url), 'utf8');

let reader: Reader;

/** The page's router comes and goes: below the range from which the system may give its port to somebody else meanwhile. */
const lowPort = (): Promise<number> => freePort('127.0.0.1', randomInt(12_000, 32_000), '').catch(lowPort);

beforeAll(async () => {
  const [port, adminPort] = [await lowPort(), await lowPort()];
  reader = await Reader.make({ MAILBEAM_PORT: String(port), MAILBEAM_ADMIN_PORT: String(adminPort) });
});

afterAll(async () => {
  await reader.dispose();
});

test('whoever follows docs/handlers.md sees what it shows', async () => {
  const steps = stepsOf(page);
  expect(steps.length).toBeGreaterThan(30);
  for (const step of steps) await reader.follow(step);
});

test('docs/handlers.md lists the codes that there are, with their sentences', () => {
  const listed = [...page.matchAll(/^\| `([a-z_]+)` \| (.*) \|$/gm)].map(([, code, meaning]) => [code, meaning]);
  const codes = Object.entries(codeErrors).map(([code, { sentence }]) => [code, sentence]);
  expect(listed).toEqual([...codes, ...Object.entries(handlerErrors)]);
});
