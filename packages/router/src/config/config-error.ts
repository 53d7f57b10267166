/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** Dotted key; '' when the source as a whole is at fault (no such file, broken JSON). */
  readonly key: string;
  /** The value that was found; undefined where there is none to show. */
  readonly value?: unknown;
  /** Where it stands: a file, `environment variable X`, `flag --x`. */
  readonly source: string;
  /** What is wrong, and what is allowed. */
  readonly message: string;
}

/**
 * A configuration that cannot be used: code `config_invalid`; nothing was started, and trying again without a change does
 * not help. The message has a line for each problem.
 */
export class ConfigError extends Error {
  readonly code = 'config_invalid';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[], options?: { cause?: unknown }) {
    super(problems.map(sentence).join('\n'), options);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

function sentence(problem: ConfigProblem): string {
  if (problem.key === '') return `${problem.source}: ${problem.message}`;
  const value = problem.value === undefined ? '' : ` is ${shown(problem.value)}`;
  return `${problem.key}${value} (from ${problem.source}): ${problem.message}`;
}

const longestShown = 120;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? typeof value;
  return text.length <= longestShown ? text : `${text.slice(0, longestShown)}...`;
}
