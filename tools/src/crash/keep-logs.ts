import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RoundFacts } from './checker.js';
import type { ClientEvent, UserLog } from './event-log.js';
import type { RoundResult } from './round.js';
import { describeViolation } from './report.js';

/** Writes everything about a failed round into a new directory, whose path it returns. */
export function keepLogs(result: RoundResult, routerOutput: string): string {
  const dir = mkdtempSync(join(tmpdir(), `mailbeam-crash-seed-${result.scenario.seed}-`));
  mkdirSync(join(dir, 'clients'));
  for (const { user, events } of result.logs)
    writeFileSync(join(dir, 'clients', `${user}.ndjson`), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  writeFileSync(join(dir, 'facts.json'), JSON.stringify(result.facts));
  writeFileSync(join(dir, 'scenario.json'), JSON.stringify(result.scenario, null, 2));
  writeFileSync(join(dir, 'kills.json'), JSON.stringify(result.kills, null, 2));
  writeFileSync(
    join(dir, 'violations.txt'),
    result.violations.map((violation) => `${describeViolation(violation)}\n`).join(''),
  );
  writeFileSync(join(dir, 'router.log'), routerOutput);
  return dir;
}

/** Reads what {@link keepLogs} wrote, for the checker. */
export function readLogs(dir: string): { logs: UserLog[]; facts: RoundFacts } {
  const logs = readdirSync(join(dir, 'clients')).map((file) => ({
    user: file.replace(/\.ndjson$/, ''),
    events: readFileSync(join(dir, 'clients', file), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as ClientEvent),
  }));
  return { logs, facts: JSON.parse(readFileSync(join(dir, 'facts.json'), 'utf8')) as RoundFacts };
}
