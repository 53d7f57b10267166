import type { TraceLine } from '@mailbeam/router';
import type { Output, TextStyle } from '../output.js';
import { shownText } from '../shown-text.js';
import { agoText, bytesText, countText, tookText } from './amount-text.js';
import { fitted } from './fitted.js';

type EventLine = Extract<TraceLine, { readonly message: string }>;

/** The lines of a trace at a terminal: when, who, what, how long or whereto, and the shape of the message last, as much as fits. */
export class TraceText {
  readonly #output: Output;
  readonly #columns: number;
  #told = 0;
  #missed = 0;

  /** @param columns of the terminal; Infinity where nothing is to be cut off */
  constructor(output: Output, columns: number) {
    this.#output = output;
    this.#columns = columns;
  }

  show(line: TraceLine): void {
    switch (line.type) {
      case 'begin':
        return this.#output.note(
          `tracing ${shownText(line.target)} for ${agoText(line.forMs)}, at most ${countText(line.maxPerSecond, 'event')} a second`,
        );
      case 'down':
        return this.#add(`${timeText(line.at)}  <${line.actor}>  ended: ${line.reason}`, 'red');
      case 'up':
        return this.#add(`${timeText(line.at)}  <${line.actor}>  started`, 'green');
      case 'end':
        this.#told = line.told;
        this.#missed = line.missed;
        return this.#sums(line.why === 'time' ? '' : 'it has ended: ');
      case 'received':
      case 'sent':
      case 'handled':
        return this.#event(line);
    }
  }

  /** The person has ended it. */
  stopped(): void {
    this.#sums('');
  }

  #event(line: EventLine): void {
    const { at, actor, behaviour, version, type, message, missed } = line;
    if (missed > 0) this.#add(`… ${countText(missed, 'event')} left out`, 'yellow');
    this.#told += 1;
    this.#missed += missed;
    const who = `<${actor}> ${behaviour} ${version}`;
    this.#add(`${timeText(at)}  ${who}  ${type.padEnd(8)}  ${detailText(line)}  ${message}`);
  }

  #add(text: string, style?: TextStyle): void {
    const shown = fitted(text, this.#columns);
    this.#output.line(style === undefined ? shown : this.#output.style(style, shown));
  }

  #sums(before: string): void {
    this.#output.note(`${before}${countText(this.#told, 'event')}, ${this.#missed.toLocaleString('en-US')} left out`);
  }
}

function detailText({ type, to, tookMs, stateBytes, depth }: EventLine): string {
  if (type === 'sent') return `to ${to ?? '?'}`;
  if (type === 'received') return `depth ${depth}`;
  return `in ${tookText(tookMs ?? 0)}, state ${bytesText(stateBytes ?? 0)}`;
}

/** `14:03:01.250`, local time. */
function timeText(at: number): string {
  const time = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  const ms = String(time.getMilliseconds()).padStart(3, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${ms}`;
}
