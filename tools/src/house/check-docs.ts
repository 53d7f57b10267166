import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { closeCodes, errorCodes, failCodes, rejectCodes, replyCodes } from '@mailbeam/protocol';
import { configKeys } from '@mailbeam/router/config';
import { checkoutRoot } from '../checkout.js';
import { clausesOf, unknownClauses } from './clauses.js';
import { differingCodes } from './codes.js';
import { mailbeamCommandsOf, makeTargetsOf, missingCommands, unknownCommands } from './commands.js';
import { differingDefaults } from './defaults.js';
import { brokenLinks } from './links.js';
import { parseMarkdown } from './markdown.js';
import type { Markdown } from './markdown.js';
import { formatProblem } from './problem.js';
import type { Problem } from './problem.js';
import { differingRooms } from './room-table.js';
import { unknownSections } from './sections.js';

/* Run by `make docs-check`: prints every difference between the documents and the code; exit code 1 when there is one. */

const run = promisify(execFile);
const read = (file: string): Promise<string> => readFile(join(checkoutRoot, file), 'utf8');

/** Files that git tracks, or would. */
async function filesLike(...patterns: string[]): Promise<string[]> {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...patterns];
  const { stdout } = await run('git', args, { cwd: checkoutRoot, maxBuffer: 16 << 20 });
  return stdout.split('\n').filter((file) => file !== '' && existsSync(join(checkoutRoot, file)));
}

async function mailbeamHelp(words: readonly string[]): Promise<string> {
  const bin = join(checkoutRoot, 'packages/cli/bin/mailbeam.js');
  return (await run(process.execPath, [bin, ...words, '--help'])).stdout;
}

const codeSets = [
  { name: 'REJECTED', codes: Object.keys(rejectCodes) },
  { name: 'RECEIPT', codes: Object.keys(failCodes) },
  { name: 'ERROR', codes: Object.keys(errorCodes) },
  { name: 'REPLY', codes: Object.keys(replyCodes) },
  { name: 'close', codes: Object.keys(closeCodes) },
];

async function findProblems(): Promise<Problem[]> {
  const documents = await Promise.all(
    (await filesLike('*.md')).map(async (file) => parseMarkdown(file, await read(file))),
  );
  const about = (file: string, check: (document: Markdown) => Problem[]): Problem[] => {
    const document = documents.find((one) => one.file === file);
    return document === undefined ? [{ file, line: 0, message: 'is not there' }] : check(document);
  };
  const makeTargets = makeTargetsOf(await read('Makefile'));
  const sourceFiles = (await filesLike('*.ts', '*.md')).filter((file) => !file.startsWith('tools/test/house/'));
  const sources = await Promise.all(sourceFiles.map(async (file) => ({ file, text: await read(file) })));
  const rules = (await import(pathToFileURL(join(checkoutRoot, '.config/dependency-cruiser.mjs')).href)) as {
    rooms: Record<string, string[]>;
  };
  const mailbeam = await mailbeamCommandsOf(mailbeamHelp);
  return [
    ...brokenLinks(documents, (path) => existsSync(join(checkoutRoot, path))),
    ...unknownCommands(documents, { makeTargets, mailbeam }),
    ...about('docs/cli.md', (document) => missingCommands(document, { mailbeam })),
    ...about('docs/protocol.md', (document) => differingCodes(document, codeSets)),
    ...about('docs/configuration.md', (document) => differingDefaults(document, configKeys)),
    ...about('docs/architecture.md', (document) => differingRooms(document, rules.rooms)),
    ...about('docs/protocol.md', (document) => unknownSections('protocol', document, sources)),
    ...about('docs/architecture.md', (document) => unknownSections('architecture', document, sources)),
    ...about('docs/semantics.md', (document) => unknownClauses(clausesOf(document), sources)),
  ];
}

const problems = await findProblems();
for (const problem of problems) console.error(formatProblem(problem));
process.exitCode = problems.length > 0 ? 1 : 0;
