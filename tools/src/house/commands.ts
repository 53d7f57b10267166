import type { Markdown, Reference } from './markdown.js';
import type { Problem } from './problem.js';

/** What can be typed: make's targets, and each subcommand of mailbeam (`store check`) with its long options. */
export interface Commands {
  readonly makeTargets: ReadonlySet<string>;
  readonly mailbeam: ReadonlyMap<string, ReadonlySet<string>>;
}

const shells = new Set(['sh', 'bash', 'shell', 'console']);
/** In a session with its output only what stands behind a prompt is a command. */
const prompt = /^\s*\$\s/;

/** Commands in shell fences and between backticks that call a target, a subcommand or an option that is not there. */
export function unknownCommands(documents: readonly Markdown[], commands: Commands): Problem[] {
  return documents.flatMap(({ file, fences, codeSpans }) => {
    const fenced = fences
      .filter(({ language }) => shells.has(language))
      .flatMap(({ language, lines }) => lines.filter(({ text }) => language !== 'console' || prompt.test(text)));
    return [...fenced, ...codeSpans].flatMap(({ text, line }: Reference) =>
      callsIn(text).flatMap((words) => {
        const message = words[0] === 'make' ? wrongMake(words, commands) : wrongMailbeam(words, commands);
        return message === undefined ? [] : [{ file, line, message }];
      }),
    );
  });
}

/** Commands that no row of the table of commands (column `command`) names; a group is named by what is below it. */
export function missingCommands({ file, tables }: Markdown, { mailbeam }: Pick<Commands, 'mailbeam'>): Problem[] {
  const rows = tables.filter(({ header }) => header[0]?.toLowerCase() === 'command').flatMap((table) => table.rows);
  const named = rows.flatMap(({ cells }) =>
    callsIn((cells[0] ?? '').replaceAll('`', '')).map((words) => words.slice(1)),
  );
  const names = named.map((words) => words.join(' '));
  const isNamed = (name: string): boolean => names.some((one) => one === name || `${one} `.startsWith(`${name} `));
  return [...mailbeam.keys()]
    .filter((name) => name !== '' && !isNamed(name))
    .map((name) => ({ file, line: 0, message: `mailbeam ${name} is not in the table of commands` }));
}

/** The calls of make and mailbeam in a line of shell, as words, comments and values of variables taken off. */
export function callsIn(line: string): string[][] {
  const code = line.replace(/(^|\s)#.*$/, '').replace(prompt, '');
  return code.split(/&&|\|\|?|;|\$\(|\)/).flatMap((part) => {
    const words = part
      .replace(/"[^"]*"|'[^']*'/g, '""')
      .trim()
      .split(/\s+/);
    while (/^(?:[A-Z_]+=\S*|npx|exec|time)$/.test(words[0] ?? '')) words.shift();
    return words[0] === 'make' || words[0] === 'mailbeam' ? [words] : [];
  });
}

function wrongMake(words: readonly string[], { makeTargets }: Commands): string | undefined {
  const unknown = words.slice(1).find((word) => /^[a-z]/.test(word) && !makeTargets.has(word));
  return unknown === undefined ? undefined : `the Makefile has no target ${unknown}`;
}

function wrongMailbeam(words: readonly string[], { mailbeam }: Commands): string | undefined {
  const [first, second, third] = words.slice(1);
  if (first === undefined || !/^[a-z]/.test(first)) return undefined;
  const names = [`${first} ${second} ${third}`, `${first} ${second}`];
  const name = names.find((one) => mailbeam.has(one)) ?? first;
  const options = mailbeam.get(name);
  if (options === undefined) return `mailbeam has no command ${first}`;
  const unknown = words
    .map((word) => /^--[a-z][a-z-]*/.exec(word)?.[0])
    .find((option) => option && !options.has(option));
  return unknown === undefined ? undefined : `mailbeam ${name} has no option ${unknown}`;
}

/** The targets of a Makefile, pattern and hidden ones left out. */
export function makeTargetsOf(makefile: string): Set<string> {
  return new Set([...makefile.matchAll(/^([a-z][a-z-]*):(?!=)/gm)].map((match) => match[1] ?? ''));
}

/**
 * Reads every subcommand and its long options from the help texts.
 *
 * @param help prints the help of a command: `help([])`, `help(['store', 'check'])`
 */
export async function mailbeamCommandsOf(
  help: (words: readonly string[]) => Promise<string>,
): Promise<Map<string, ReadonlySet<string>>> {
  const found = new Map<string, ReadonlySet<string>>();
  const read = async (words: readonly string[]): Promise<void> => {
    const text = await help(words);
    found.set(words.join(' '), new Set(text.match(/(?<![\w-])--[a-z][a-z-]*/g)));
    const list = /\nCommands:\n((?: {2}.*\n?)*)/.exec(text)?.[1] ?? '';
    const names = [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map((match) => match[1] ?? '');
    await Promise.all(names.filter((name) => name !== 'help').map((name) => read([...words, name])));
  };
  await read([]);
  return found;
}
