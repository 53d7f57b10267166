import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { tickOf } from '../../src/chat/stage.js';
import { ExitCode } from '../../src/exit-code.js';

const page = readFileSync(new URL('../../../../docs/cli.md', import.meta.url), 'utf8');

describe('docs/cli.md', () => {
  test('lists the exit codes that there are, and no others', () => {
    const listed = [...page.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(listed).toEqual(Object.values(ExitCode));
  });

  test.each(['sending', 'accepted', 'delivered', 'read', 'rejected'] as const)('shows the tick of "%s"', (stage) => {
    expect(page).toContain(`| \`${tickOf(stage).sign.trim()}\` |`);
  });
});
