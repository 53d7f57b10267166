import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { codeErrors } from '@mailbeam/code';
import { handlerErrors } from '@mailbeam/handler';
import { RouterPorts } from '@mailbeam/tools/ports';
import { Reader, stepsOf } from './tutorial.js';

jest.setTimeout(120_000);

const page = readFileSync(new URL('../../../../docs/handlers.md', import.meta.url), 'utf8');

let ports: RouterPorts;
let reader: Reader;

beforeAll(async () => {
  ports = await RouterPorts.claim();
  reader = await Reader.make({ MAILBEAM_PORT: String(ports.port), MAILBEAM_ADMIN_PORT: String(ports.adminPort) });
});

afterAll(async () => {
  await reader.dispose();
  ports.release();
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
