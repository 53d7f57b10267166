import type { DryRunReport } from '@mailbeam/router';
import type { Output } from '../output.js';
import { shownText } from '../shown-text.js';
import { count } from './operation-text.js';
import { tableLines } from './table.js';

/** What a load would do to the states that live now: how many would move, and their shapes before and after. */
export function dryRunLines(report: DryRunReport, output: Output): string[] {
  const { instances, tried, wouldMove, wouldThrow, errors, shapes } = report;
  if (instances === 0) return ['  no actor runs it: there is no state to carry over'];
  const all = `${count(instances)} ${instances === 1 ? 'state' : 'states'}`;
  const scope = tried < instances ? `${count(tried)} of ${all}` : all;
  const thrown = `${count(wouldThrow)} would throw`;
  return [
    `  tried on copies of ${scope}: ${count(wouldMove)} would move, ${wouldThrow > 0 ? output.style('red', thrown) : thrown}`,
    ...errors.map((error) => `    ${output.style('red', shownText(error))}`),
    ...shapeLines(shapes, output),
  ];
}

function shapeLines(shapes: DryRunReport['shapes'], output: Output): string[] {
  if (shapes.length === 0) return [];
  const rows = shapes.map(({ before, after, count: states }) => [
    count(states),
    shownText(before),
    before === after ? 'the same' : shownText(after),
  ]);
  return tableLines([['states', 'shape before', 'shape after'], ...rows], ['right', 'left', 'left'], output).map(
    (line) => `  ${line}`,
  );
}
