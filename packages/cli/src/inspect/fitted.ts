import { displayWidth } from '../chat/display-width.js';
import { shownText } from '../shown-text.js';

/** A name from others, no wider than that many columns: what is left out is a `…`. */
export function fitted(text: string, columns: number): string {
  const shown = shownText(text);
  if (displayWidth(shown) <= columns) return shown;
  let cut = '';
  for (const letter of shown) {
    if (displayWidth(cut + letter) > columns - 1) break;
    cut += letter;
  }
  return `${cut}…`;
}

/** Filled with blanks up to that many columns. */
export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}
