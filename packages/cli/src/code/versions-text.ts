import type { ModuleInfo, VersionInfo } from '@mailbeam/router';
import type { Output, TextStyle } from '../output.js';
import { shownText } from '../shown-text.js';
import { durationText } from '../status-text.js';
import { count } from './operation-text.js';
import { tableLines } from './table.js';

const styleOf: Readonly<Record<VersionInfo['status'], TextStyle>> = {
  live: 'green',
  canary: 'yellow',
  previous: 'dim',
  old: 'dim',
  quarantined: 'red',
};

const head = ['module', 'kind', 'version', 'status', 'actors', 'age', 'freed', 'on disk'];
const sides = ['left', 'left', 'left', 'left', 'right', 'left', 'left', 'left'] as const;
const canaryWidth = 40;

/** The table of `mailbeam versions`, and a picture of each canary. @param now wall clock, ms since the epoch */
export function versionsLines(modules: readonly ModuleInfo[], now: number, output: Output): string[] {
  if (modules.length === 0) return ['no module is loaded'];
  const rows = modules.flatMap((module) => module.versions.map((version, index) => rowOf(module, version, index, now)));
  return [
    ...tableLines([head, ...rows], sides, output).map((line) => styled(line, output)),
    ...modules.flatMap((module) => faultLines(module, output)),
    ...modules.flatMap((module) => canaryLines(module, output)),
  ];
}

function rowOf(module: ModuleInfo, version: VersionInfo, index: number, now: number): string[] {
  const { status, builtIn, instances, loadedAt, idleSince, freedAt } = version;
  const isFirst = index === 0;
  return [
    isFirst ? shownText(module.name) : '',
    isFirst ? module.kind : '',
    shownText(version.version),
    status,
    count(instances),
    builtIn ? 'built in' : durationText(now - loadedAt),
    freedText(builtIn, idleSince, freedAt, now),
    version.version === module.live && !builtIn ? (module.drift === 'same' ? 'the same' : module.drift) : '',
  ];
}

/** Blank while it has actors; then how long it has had none, until its memory is found to be freed. */
function freedText(builtIn: boolean, idleSince: number | undefined, freedAt: number | undefined, now: number): string {
  if (builtIn) return '';
  if (freedAt !== undefined) return 'yes';
  return idleSince === undefined ? '' : `no, idle ${durationText(now - idleSince)}`;
}

/** The word of a status is the only one of its kind in a row, so it can be styled after the columns are made. */
function styled(line: string, output: Output): string {
  return line.replace(/ (live|canary|previous|old|quarantined)(?= )/, (_, status: VersionInfo['status']) => {
    return ` ${output.style(styleOf[status], status)}`;
  });
}

/** What is wrong with a version that runs. */
function faultLines({ name, versions }: ModuleInfo, output: Output): string[] {
  return versions.flatMap(({ version, fault }) =>
    fault === undefined ? [] : [output.style('red', shownText(`${name} ${version}: ${fault}`))],
  );
}

function canaryLines(module: ModuleInfo, output: Output): string[] {
  const canary = module.versions.find(({ status }) => status === 'canary');
  const live = module.versions.find(({ status }) => status === 'live');
  if (canary === undefined || live === undefined) return [];
  const all = canary.instances + live.instances;
  const part = all === 0 ? 0 : canary.instances / all;
  // As soon as there is one, there is something to see.
  const filled = canary.instances === 0 ? 0 : Math.max(1, Math.round(part * canaryWidth));
  const bar = output.style('yellow', '█'.repeat(filled)) + output.style('green', '░'.repeat(canaryWidth - filled));
  const shares = `${(part * 100).toFixed(1)} % on ${canary.version}, the rest on ${live.version}`;
  return ['', `${shownText(module.name)}  ${bar}  ${shownText(shares)}`];
}

/** What `mailbeam versions NAME` adds: where the source is, and what each version did. */
export function detailLines(module: ModuleInfo, output: Output): string[] {
  const rows = module.versions.map(({ version, by, handled, crashes, rejects, builtIn }) => [
    shownText(version),
    builtIn ? 'the router' : by === '' ? '?' : shownText(by),
    count(handled),
    count(crashes),
    count(rejects),
  ]);
  return [
    ...(module.file === '' ? [] : [`source  ${shownText(module.file)} in the handlers directory`]),
    ...module.versions.flatMap(({ version, reason }) =>
      reason === undefined ? [] : [output.style('red', shownText(`${version}: ${reason}`))],
    ),
    ...tableLines(
      [['version', 'loaded by', 'handled', 'crashes', 'rejects'], ...rows],
      ['left', 'left', 'right', 'right', 'right'],
      output,
    ),
  ];
}
