const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Scripts and signs that take two columns: East Asian wide and fullwidth, and what is an emoji by default. */
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|^\p{Emoji_Presentation}|\ufe0f/u;
const invisible = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** Columns that a text takes on a terminal, as nearly as one can know. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += widthOf(segment);
  return width;
}

/** Rows that a text takes on a terminal of that many columns, when it breaks where a row is full; at least one. */
export function displayRows(text: string, columns: number): number {
  let rows = 1;
  let column = 0;
  for (const { segment } of segmenter.segment(text)) {
    const width = widthOf(segment);
    if (column + width > columns) {
      rows += 1;
      column = 0;
    }
    column += width;
  }
  return rows;
}

function widthOf(grapheme: string): number {
  if (invisible.test(grapheme)) return 0;
  return wide.test(grapheme) ? 2 : 1;
}
