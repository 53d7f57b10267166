import path from 'node:path';
import type { CodeProblem, SourceLocation } from '@mailbeam/router';
import type { Output } from '../output.js';
import { shownText } from '../shown-text.js';

/** Longest piece of a line of source that is shown. */
const mostColumns = 100;

/** A problem in words, each place below it: `file:line:col`, the line, and a caret. */
export function problemLines(problem: CodeProblem, output: Output): string[] {
  const { locations = [] } = problem;
  const lines = messageWithout(locations, problem.message)
    .split('\n')
    .map((line) => shownText(line));
  for (const location of locations) lines.push(...frameLines(location, output));
  return lines;
}

/** The message up to the first place that it names: the places are shown by themselves. */
function messageWithout(locations: readonly SourceLocation[], message: string): string {
  const starts = locations.map(({ file, line }) => message.indexOf(`: ${file}:${line}:`)).filter((at) => at > 0);
  return starts.length === 0 ? message : message.slice(0, Math.min(...starts));
}

function frameLines({ file, line, column, lineText, text }: SourceLocation, output: Output): string[] {
  const place = `${shownFile(file)}:${line}:${column}`;
  const said = `${output.style('bold', place)}: ${shownText(text)}`;
  if (lineText === '') return [said];
  // A place far to the right (a minified file) is brought into sight.
  const cut = column > mostColumns ? column - mostColumns / 2 : 0;
  const shown = oneColumnEach(lineText.slice(cut, cut + mostColumns));
  const number = String(line);
  const margin = ' '.repeat(number.length);
  return [said, `  ${number} | ${shown}`, `  ${margin} | ${' '.repeat(column - 1 - cut)}${output.style('red', '^')}`];
}

/** So that the caret stands below its column: a tab is one blank. */
function oneColumnEach(text: string): string {
  return shownText(text.replace(/\t/g, ' '));
}

/** Relative to the working directory where that is shorter. */
export function shownFile(file: string): string {
  if (!path.isAbsolute(file)) return shownText(file);
  const relative = path.relative(process.cwd(), file);
  return shownText(relative !== '' && relative.length < file.length ? relative : file);
}
