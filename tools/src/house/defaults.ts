import type { Markdown } from './markdown.js';
import type { Problem } from './problem.js';

/** What the schema says of one option. */
export interface Option {
  readonly key: string;
  readonly default: unknown;
  /** What the default depends on, where it is no constant; else ''. */
  readonly defaultNote: string;
  /** What is allowed, in words. */
  readonly allowed: string;
}

/** What the document says of one option: `### \`key\`` and below it `- Default: ...` and `- Allowed: ...`. */
interface Section {
  readonly key: string;
  readonly line: number;
  default: string;
  allowed: string;
}

/** Compares the reference with the schema: every option has one section, every section an option, and they say the same. */
export function differingDefaults(document: Markdown, options: readonly Option[]): Problem[] {
  const { file } = document;
  const sections = sectionsOf(document);
  const byKey = new Map(options.map((option) => [option.key, option]));
  const missing = options
    .filter(({ key }) => sections.filter((section) => section.key === key).length !== 1)
    .map(({ key }) => ({ file, line: 0, message: `${key} has to have one section` }));
  const wrong = sections.flatMap((section) =>
    differences(section, byKey.get(section.key)).map((message) => ({ file, line: section.line, message })),
  );
  return [...missing, ...wrong];
}

function sectionsOf({ prose }: Markdown): Section[] {
  const sections: Section[] = [];
  for (const [i, line] of prose.entries()) {
    const key = /^#+\s+`([\w.]+)`\s*$/.exec(line)?.[1];
    if (key !== undefined) sections.push({ key, line: i + 1, default: '', allowed: '' });
    const [, name, value] = /^- (Default|Allowed): (.*)$/.exec(line) ?? [];
    const section = sections.at(-1);
    if (section === undefined || value === undefined) continue;
    section[name === 'Default' ? 'default' : 'allowed'] = value.replaceAll('`', '');
  }
  return sections;
}

function differences(section: Section, option: Option | undefined): string[] {
  if (option === undefined) return [`there is no option ${section.key}`];
  const value = option.defaultNote || JSON.stringify(option.default);
  return [
    ...(section.default === value ? [] : [`the default of ${section.key} is ${value}, not ${section.default}`]),
    ...(section.allowed === option.allowed ? [] : [`${section.key} allows ${option.allowed}, not ${section.allowed}`]),
  ];
}
