import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clientErrorCodes, defaults } from '../src/index.js';

const manual = await readFile(join(import.meta.dirname, '../../../docs/client.md'), 'utf8');

test.each(Object.keys(clientErrorCodes))('docs/client.md names the code %s', (code) => {
  expect(manual).toContain(`\`${code}\``);
});

test.each(Object.entries(defaults))('docs/client.md has the default of %s', (name, value) => {
  const text =
    typeof value === 'object'
      ? `\`{ ${Object.entries(value)
          .map(([key, number]) => `${key}: ${number}`)
          .join(', ')} }\``
      : typeof value === 'number'
        ? value.toLocaleString('en')
        : `\`${value}\``;
  expect(manual).toContain(`| \`${name}\` | ${text} |`);
});
