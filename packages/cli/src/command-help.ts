import type { Command } from 'commander';

/** Adds examples to a command's help, what each does beside it. */
export function examples(command: Command, lines: readonly (readonly [command: string, meaning: string])[]): void {
  const width = Math.min(60, Math.max(...lines.map(([text]) => text.length)));
  const shown = lines.map(([text, meaning]) => `  ${text.padEnd(width)}  ${meaning}`.trimEnd());
  command.addHelpText('after', ['', 'Examples:', ...shown].join('\n'));
}

/** Adds a paragraph to a command's help. */
export function note(command: Command, lines: readonly string[]): void {
  command.addHelpText('after', ['', ...lines].join('\n'));
}
