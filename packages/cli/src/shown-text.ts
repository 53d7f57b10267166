/** Control characters and overrides of the writing direction: on a terminal they could pose as something else. */
const unsafe = /[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu;

/** Text from others, fit to be shown on one line of a terminal: line breaks as `↵`, what could take over the terminal as `�`. */
export function shownText(text: string): string {
  return text.replace(/\r?\n/g, ' ↵ ').replace(/\t/g, '  ').replace(unsafe, '\ufffd');
}

/** `14:03` in local time. */
export function clockText(ts: number): string {
  const time = new Date(ts);
  return `${String(time.getHours()).padStart(2, '0')}:${String(time.getMinutes()).padStart(2, '0')}`;
}

/** `14:03:59` in local time. */
export function secondsText(ts: number): string {
  return `${clockText(ts)}:${String(new Date(ts).getSeconds()).padStart(2, '0')}`;
}
