import { parseArgs } from 'node:util';
import { describeMachine } from '../machine.js';
import { chosen, positive, runCommand, say, writeReport } from '../measuring-command.js';
import { spread } from '../statistics.js';
import { actorRows, FULL, SHORT, type ActorRow, type ActorRunSizes } from './actor-rows.js';
import { judge, renderActorTable, type Figure } from './actor-table.js';
import type { SideRow } from './program.js';
import { openSides, sideNames, type Side, type SideName } from './sides.js';

const HELP = `Measures @mailbeam/actors beside the same programs in Erlang (one scheduler) and in nact; prints a table and writes it as JSON.

  make bench-actors ARGS="[--short] [--rows ID,ID] [--sides NAME,NAME] [--rounds N] [--out FILE] [--strict]"

  --short        every row in small: shows that it works, says nothing about speed
  --rows IDS     only these: ${actorRows.map(({ id }) => id).join(', ')}
  --sides NAMES  only these: ${sideNames.join(', ')}; erlang runs where erl is installed (Debian: erlang-base)
  --rounds N     processes for each side, instead of ${FULL.rounds}; the sides take turns
  --out FILE     the JSON; default benchmarks/results/actors.json, or actors.local.json when not all was run in full
  --strict       exit 1 when a target is missed
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      rows: { type: 'string' },
      sides: { type: 'string' },
      rounds: { type: 'string' },
      out: { type: 'string' },
      strict: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const rows = chosen('row', values.rows, actorRows, ({ id }) => [id]);
  const names = chosen('side', values.sides, sideNames, (name) => [name]);
  const base = values.short ? SHORT : FULL;
  const sizes = values.rounds === undefined ? base : { ...base, rounds: positive('--rounds', values.rounds) };
  const { sides, missing } = openSides(names);
  for (const reason of missing) say(`notice: ${reason}`);
  const machine = describeMachine();
  const { versions, figures } = await measureAll(sides, rows, sizes);
  const results = rows.map((row) => judge(row, figures(row)));
  process.stdout.write(`\n${renderActorTable(actorRows, results, versions)}\n`);
  const isWhole =
    base === FULL && sizes === FULL && rows.length === actorRows.length && sides.length === sideNames.length;
  writeReport(values.out, isWhole ? 'actors.json' : 'actors.local.json', { machine, versions, sizes, rows: results });
  return values.strict && results.some(({ isMet }) => isMet === false) ? 1 : 0;
}

interface Measured {
  readonly versions: Partial<Record<SideName, string>>;
  readonly figures: (row: ActorRow) => Partial<Record<SideName, Figure>>;
}

/** Round by round, the sides in turn; the rows that share a process run in it one after the other, as programs do. */
async function measureAll(sides: readonly Side[], rows: readonly ActorRow[], sizes: ActorRunSizes): Promise<Measured> {
  const versions: Partial<Record<SideName, string>> = {};
  const measured: { side: SideName; line: SideRow }[] = [];
  const together = rows.filter(({ isAlone }) => !isAlone);
  const groups = [
    ...(together.length > 0 ? [together] : []),
    ...rows.filter(({ isAlone }) => isAlone).map((row) => [row]),
  ];
  try {
    for (let round = 1; round <= sizes.rounds; round += 1)
      for (const group of groups)
        for (const side of sides) {
          if (round > 1 && group.some(({ isLong }) => isLong)) continue;
          const ids = group.map(({ id }) => id);
          const started = performance.now();
          const { version, rows: lines } = await side.measure(ids, sizes.ms, sizes);
          versions[side.name] = version;
          for (const line of lines) measured.push({ side: side.name, line });
          const seconds = ((performance.now() - started) / 1000).toFixed(0);
          say(`round ${round} of ${sizes.rounds}, ${side.name}: ${ids.join(', ')} (${seconds} s)`);
        }
  } finally {
    for (const side of sides) side.dispose();
  }
  const figures = (row: ActorRow): Partial<Record<SideName, Figure>> =>
    Object.fromEntries(
      sides.flatMap(({ name }) => {
        const lines = measured.filter(({ side, line }) => side === name && line.row === row.id);
        return lines.length === 0 ? [] : [[name, figureOf(lines.map(({ line }) => line))]];
      }),
    );
  return { versions, figures };
}

function figureOf(lines: readonly SideRow[]): Figure {
  const rss = spread(lines.map((line) => line.rss));
  return {
    ...spread(lines.map(({ p50 }) => p50))!,
    p99: spread(lines.map(({ p99 }) => p99))!.median,
    ...(rss === undefined ? {} : { rss: rss.median }),
  };
}

runCommand(main);
