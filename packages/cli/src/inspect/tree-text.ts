import type { SupervisionTree, TreeActor, TreeSupervisor } from '@mailbeam/router';
import { displayWidth } from '../chat/display-width.js';
import type { Output } from '../output.js';
import { shownText } from '../shown-text.js';
import { durationText } from '../status-text.js';
import { countText } from './amount-text.js';
import { fitted, padded } from './fitted.js';

type Child = TreeActor | TreeSupervisor;

const nameColumns = 20;
const codeColumns = 22;

/** The picture of a supervision tree: a supervisor and its kinds of children, then the children themselves below it. */
export function treeLines({ actors, outside, supervisors }: SupervisionTree, output: Output): string[] {
  const beside = outside === 0 ? '' : `, ${outside.toLocaleString('en-US')} of them without a supervisor`;
  return [countText(actors, 'actor') + beside, ...branches(supervisors, 0, output)];
}

/** @param folded children that are not shown */
function branches(children: readonly Child[], folded: number, output: Output): string[] {
  const names = Math.max(0, ...children.map((child) => displayWidth(nameOf(child))));
  const codes = Math.max(0, ...children.map((child) => displayWidth(codeOf(child))));
  const nodes = children.map((child) =>
    isSupervisor(child) ? supervisorLines(child, output) : [actorLine(child, names, codes, output)],
  );
  if (folded > 0) nodes.push([output.style('dim', `${folded.toLocaleString('en-US')} more, none of them deeper`)]);
  return nodes.flatMap((lines, index) => {
    const isLast = index === nodes.length - 1;
    return lines.map(
      (line, row) => output.style('dim', row > 0 ? (isLast ? '   ' : '│  ') : isLast ? '└─ ' : '├─ ') + line,
    );
  });
}

function supervisorLines(supervisor: TreeSupervisor, output: Output): string[] {
  const { strategy, active, restarted, folded, children, groups } = supervisor;
  const head = `${output.style('bold', nameOf(supervisor))}  ${strategy}, ${limitText(supervisor)}`;
  const below = branches(children, folded, output);
  const bar = below.length === 0 ? '   ' : output.style('dim', '│  ');
  const sums = [
    countText(active, 'child').replace('childs', 'children') + restartsText(restarted, output),
    ...(folded === 0
      ? []
      : groups.map((group) => {
          const { behaviour, version, actors, depth, restarts } = group;
          const code = padded(fitted(`${behaviour} ${version}`, codeColumns), codeColumns);
          return `${code} ${countText(actors, 'actor')}, ${countText(depth, 'message')}${restartsText(restarts, output)}`;
        })),
  ];
  return [head, ...sums.map((line) => bar + line), ...below];
}

/** Services are restarted for ever: a limit that is never reached is none. */
function limitText({ intensity, periodMs }: TreeSupervisor): string {
  if (intensity >= Number.MAX_SAFE_INTEGER) return 'restarts without end';
  return `at most ${countText(intensity, 'restart')} in ${durationText(periodMs)}`;
}

function actorLine(actor: TreeActor, names: number, codes: number, output: Output): string {
  const { status, depth, restarts } = actor;
  const waits = depth === 0 ? '' : `  ${output.style('bold', countText(depth, 'message'))}`;
  const word = ['restarting', 'suspended', 'terminating'].includes(status) ? output.style('yellow', status) : status;
  return `${padded(nameOf(actor), names)}  ${padded(codeOf(actor), codes)}  ${word}${waits}${restartsText(restarts, output)}`;
}

function restartsText(restarts: number, output: Output): string {
  return restarts === 0 ? '' : `, ${output.style('yellow', countText(restarts, 'restart'))}`;
}

/** `<12> alice`: the id, and for whom it works. */
function nameOf({ id, name, user, service }: Child): string {
  const who = [service, user].filter((text) => text !== undefined).join(' ');
  const text = name ?? who;
  return `${id === null ? '<->' : `<${id}>`} ${fitted(text, nameColumns)}`.trimEnd();
}

function codeOf({ behaviour, version }: Child): string {
  return fitted(shownText(`${behaviour} ${version}`), codeColumns);
}

function isSupervisor(child: Child): child is TreeSupervisor {
  return 'strategy' in child;
}
