/** Distances between the marks of an axis that counts things: there is no half message. */
export const wholeSteps: number[] = Array.from({ length: 12 }, (_, power) =>
  [1, 2, 5].map((n) => n * 10 ** power),
).flat();

/** Labels of a time axis, s since the epoch: hours and minutes, and seconds where the marks are closer than a minute. */
export function timeLabels(marks: readonly number[]): string[] {
  const step = marks.length > 1 ? marks[1]! - marks[0]! : 60;
  return marks.map((mark) => new Date(mark * 1_000).toLocaleTimeString('en-GB').slice(0, step < 60 ? 8 : 5));
}
