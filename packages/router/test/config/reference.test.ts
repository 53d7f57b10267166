import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { configKeys, configReference } from '../../src/config/index.js';
import { reservedVariables } from '../../src/config/environment-source.js';

const page = readFileSync(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8');

describe('docs/configuration.md', () => {
  test('holds the reference as the schema gives it (`mailbeam config --describe` prints it)', () => {
    const [, reference = ''] = page.split(/<!-- reference: .* -->\n/);
    expect(reference.trim()).toBe(configReference());
  });

  test('names every variable that is the command’s own', () => {
    for (const variable of reservedVariables) expect(page).toContain(variable);
  });
});

describe('the reference', () => {
  test('has a heading, the default and the variable of every key', () => {
    const sections = configReference().split(/^### /m).slice(1);
    expect(sections.map((section) => section.split('\n')[0])).toEqual(configKeys.map((key) => `\`${key.key}\``));
    for (const [index, key] of configKeys.entries()) {
      expect(sections[index]).toContain(`- Variable: \`${key.variable}\``);
      expect(sections[index]).toMatch(/^- Default: \S/m);
    }
  });
});
