import { CliError } from './cli-error.js';
import { ExitCode } from './exit-code.js';

/** The admin port answered with another status than 2xx: what it says is wrong, as data. */
export class AdminRefusal extends CliError {
  readonly status: number;
  /** The stable code; '' where the answer has none. */
  readonly code: string;
  /** The answer, read as JSON where it is some. */
  readonly answer: unknown;

  constructor(address: string, status: number, answer: unknown) {
    const { error, detail } = (typeof answer === 'object' && answer !== null ? answer : {}) as Record<string, unknown>;
    const code = typeof error === 'string' ? error : '';
    const said = typeof detail === 'string' ? detail : typeof answer === 'string' ? answer : JSON.stringify(answer);
    super(ExitCode.ERROR, `${address}: HTTP ${status} ${code} ${said}`.replace(/ +/g, ' ').trim());
    this.name = 'AdminRefusal';
    this.status = status;
    this.code = code;
    this.answer = answer;
  }
}
