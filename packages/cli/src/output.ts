import { styleText } from 'node:util';

/** Where a command writes: results to standard output, everything else to standard error. */
export interface Output {
  /** A line of result. */
  line(text: string): void;
  /** A line for the person at the terminal: progress, warnings, errors. */
  note(text: string): void;
  /** How far something has come: one line at the terminal that is written over, nothing elsewhere. */
  progress(text: string): void;
  /** Whether {@link progress} shows anything. */
  readonly showsProgress: boolean;
  /** `text` in that style if results go to a terminal that shows styles. */
  style(style: TextStyle, text: string): string;
}

export type TextStyle = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan' | 'inverse';

const clearLine = '\r\u001b[K';

/** The output of this process. NO_COLOR and FORCE_COLOR are honoured. */
export function processOutput(): Output {
  const styled = usesStyles(process.stdout, process.env);
  const overwrites = process.stderr.isTTY && process.env['TERM'] !== 'dumb';
  let progressShown = false;
  const clear = (): void => {
    if (progressShown) process.stderr.write(clearLine);
    progressShown = false;
  };
  return {
    line: (text) => {
      clear();
      process.stdout.write(`${text}\n`);
    },
    note: (text) => {
      clear();
      process.stderr.write(`${text}\n`);
    },
    progress: (text) => {
      if (!overwrites) return;
      clear();
      // A line that breaks could not be written over. Some terminals say that they have no columns.
      process.stderr.write(text.slice(0, (process.stderr.columns || 80) - 1));
      progressShown = true;
    },
    showsProgress: overwrites,
    style: (style, text) => (styled ? styleText(style, text) : text),
  };
}

function usesStyles(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): boolean {
  if (environment['NO_COLOR'] !== undefined && environment['NO_COLOR'] !== '') return false;
  if (environment['FORCE_COLOR'] !== undefined) return environment['FORCE_COLOR'] !== '0';
  return stream.isTTY && environment['TERM'] !== 'dumb';
}
