import { styleText } from 'node:util';

/** Where a command writes: results to standard output, everything else to standard error. */
export interface Output {
  /** A line of result. */
  line(text: string): void;
  /** A line for the person at the terminal: progress, warnings, errors. */
  note(text: string): void;
  /** `text` in that style if results go to a terminal that shows styles. */
  style(style: TextStyle, text: string): string;
}

export type TextStyle = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan';

/** The output of this process. NO_COLOR and FORCE_COLOR are honoured. */
export function processOutput(): Output {
  const styled = usesStyles(process.stdout, process.env);
  return {
    line: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    style: (style, text) => (styled ? styleText(style, text) : text),
  };
}

function usesStyles(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): boolean {
  if (environment['NO_COLOR'] !== undefined && environment['NO_COLOR'] !== '') return false;
  if (environment['FORCE_COLOR'] !== undefined) return environment['FORCE_COLOR'] !== '0';
  return stream.isTTY && environment['TERM'] !== 'dumb';
}
