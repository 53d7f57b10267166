import type { Operation, Phase } from '@mailbeam/router';
import type { Output } from '../output.js';
import { shownText } from '../shown-text.js';
import { durationText } from '../status-text.js';
import { problemLines } from './code-frame.js';

/** The phases that a person sees pass by, in words. */
const phaseWords: Readonly<Record<Phase, string>> = {
  compiling: 'compiling',
  checking: 'checking in a thread of its own',
  dry_run: 'trying codeChange on copies of live states',
  starting: 'starting',
  moving: 'moving',
  gating: 'watching',
  moving_rest: 'moving the rest',
  going_back: 'going back',
  kept: 'kept',
  rolled_back: 'rolled back',
  failed: 'failed',
  checked: 'checked',
};

const barWidth = 20;

/** What an operation is about: `counter 1.1.0`, or its file while nothing more is known. */
export function subjectOf({ name, version, file }: Operation): string {
  if (name === undefined) return shownText(file === '' ? 'the module' : file);
  return shownText(version === undefined ? name : `${name} ${version}`);
}

/** One line that stands for an operation under way. @param inPhaseMs how long it has been in its phase */
export function progressText(operation: Operation, inPhaseMs: number): string {
  const { phase, gateMs, reason } = operation;
  const watched = phase === 'gating' ? `, ${watchText(gateMs, inPhaseMs)}` : '';
  const parts = [`${subjectOf(operation)}: ${phaseWords[phase]}${watched}`];
  if (hasMoves(phase)) parts.push(movesText(operation));
  if (reason !== '') parts.push(shownText(reason));
  return parts.join('  ');
}

/** `████████░░  812 moved, 188 still old, 0 failed`. */
export function movesText({ moved, old, failed }: Operation): string {
  const all = moved + old + failed;
  const filled = all === 0 ? barWidth : Math.round((moved / all) * barWidth);
  const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
  return `${bar} ${count(moved)} moved, ${count(old)} still old, ${count(failed)} failed`;
}

function hasMoves(phase: Phase): boolean {
  return phase === 'moving' || phase === 'gating' || phase === 'moving_rest' || phase === 'going_back';
}

function watchText(gateMs: number, inPhaseMs: number): string {
  const leftMs = gateMs - inPhaseMs;
  return leftMs > 0 ? `${Math.ceil(leftMs / 1000)} s left` : `${Math.floor(inPhaseMs / 1000)} s so far`;
}

/** The line of a phase that has begun, where nothing is written over. */
export function phaseText(operation: Operation): string {
  const { phase, gateMs, canary, reason } = operation;
  const words = `${subjectOf(operation)}: ${phaseWords[phase]}`;
  const part = canary < 100 ? `, ${canary} % of the actors` : '';
  const more = phase === 'gating' ? ` for ${gateMs / 1000} s${part}` : phase === 'moving' ? part : '';
  return `${words}${more}${reason === '' ? '' : `: ${shownText(reason)}`}`;
}

/** How an operation ended, a sentence first; for one that went wrong the rest says why. */
export function endLines(operation: Operation, output: Output): string[] {
  const { phase, from, name, problem, reason } = operation;
  const subject = subjectOf(operation);
  const before = from === undefined ? undefined : shownText(`${name} ${from}`);
  const why = problem === undefined ? [shownText(reason)] : problemLines(problem, output);
  switch (phase) {
    case 'kept':
      return [`${output.style('green', `${subject} is live`)}${keptText(operation)}`, ...said(operation)];
    case 'checked':
      return [`${output.style('green', `${subject} passes its check`)}; nothing was changed`];
    case 'rolled_back':
      return [
        output.style('red', `${subject} was taken back`) + (before === undefined ? '' : `; ${before} is live`),
        ...why.map((line) => `  ${line}`),
      ];
    case 'failed':
      return [
        output.style('red', `${subject} did not go live`) +
          `; ${before === undefined ? 'nothing was changed' : `${before} stays`}`,
        ...why.map((line) => `  ${line}`),
      ];
    default:
      return [phaseText(operation)];
  }
}

function keptText({ from, moved, failed, startedAt, endedAt }: Operation): string {
  const ms = endedAt === undefined ? '' : tookText(endedAt - startedAt);
  if (from === undefined) return `, its first version${ms === '' ? '' : `, after ${ms}`}`;
  const actors = `${count(moved)} ${moved === 1 ? 'actor' : 'actors'} moved`;
  const stayed = failed === 0 ? '' : `, ${count(failed)} stayed on ${shownText(from)}`;
  return `: ${actors} from ${shownText(from)}${stayed}${ms === '' ? '' : ` in ${ms}`}`;
}

/** The reason, where it says more than the sentence above it. */
function said({ reason, moved }: Operation): string[] {
  return reason === '' || reason === `${count(moved)} moved` ? [] : [`  ${shownText(reason)}`];
}

/** `42 ms`, `1.2 s`, then as {@link durationText}. */
export function tookText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : durationText(ms);
}

export function count(value: number): string {
  return value.toLocaleString('en-US');
}
