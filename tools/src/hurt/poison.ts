import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RouterProcess } from '../crash/router-process.js';
import { finishedScript } from '../finished-script.js';
import type { FinishedScript } from '../finished-script.js';
import { must, page, see } from './expecting.js';
import { Talker } from './talker.js';

/** A service that notes what it is given, answers, and crashes at some messages until it is mended. */
const serviceOf = (version: string, poison: string, notes: string): string => `
import { appendFileSync } from 'node:fs';
import { defineService } from '@mailbeam/handler';
export default defineService({
  name: 'echo',
  version: '${version}',
  init: () => null,
  handleMessage(message, _state, ctx) {
    appendFileSync(${JSON.stringify(notes)}, message.text() + '\\n');
    if (message.text() === '${poison}') throw new Error('poison');
    ctx.reply(message, message.body);
  },
});
`;

/**
 * A message that crashes its service is handled again, first and alone, and given up, here after two times: its sender is told, those behind it are handled, and an operator
 * lists it, sends it again when the service is mended, and purges it; also after a kill. Each crash after another takes
 * longer, for its supervisor backs off: with the usual three attempts it would be 12 s. `patienceMs`: longest wait for one answer. @throws Error that says what was not so
 */
export async function poison(root: string, patienceMs?: number): Promise<void> {
  const handlers = mkdtempSync(join(tmpdir(), 'mailbeam-poison-'));
  const notes = join(handlers, 'notes.txt');
  const env = { MAILBEAM_CODE_HANDLERS: handlers, MAILBEAM_DEAD_LETTERS_ENTRIES: '2', MAILBEAM_MAX_ATTEMPTS: '2' };
  const router = new RouterProcess({ root, env });
  const talkers: Talker[] = [];
  const mailbeam = (...args: string[]): Promise<FinishedScript> => {
    const where = ['--admin', router.adminUrl, '--data', router.data];
    return finishedScript(join(root, 'packages/cli/bin/mailbeam.js'), [...args, ...where], env);
  };
  const load = async (version: string, word: string): Promise<void> => {
    const file = join(handlers, 'echo.ts');
    writeFileSync(file, serviceOf(version, word, notes));
    const { code, text } = await mailbeam('load', file, '--gate', '0');
    must(code === 0, `echo ${version} is loaded: ${text}`);
  };
  const listed = async (): Promise<string[]> => {
    const { code, text } = await mailbeam('deadletters', 'list', '--json');
    must(code === 0, `the list: ${text}`);
    return (JSON.parse(text) as { letters: { id: string }[] }).letters.map(({ id }) => id);
  };
  const login = async (name: string): Promise<Talker> => {
    const talker = await Talker.login(router.port, name, patienceMs === undefined ? {} : { patienceMs });
    talkers.push(talker);
    return talker;
  };
  try {
    await router.start();
    await load('1.0.0', 'bad');
    const ann = await login('ann');
    const bob = await login('bob');
    const answers: string[] = [];
    ann.onDeliver = (body) => answers.push(Buffer.from(body).toString());
    for (const text of ['one', 'bad', 'two']) ann.send('$echo', text);
    bob.send('$echo', 'of bob');
    await ann.until(() => answers.includes('two'), 'what is behind a poisonous message is handled');
    await bob.until(() => bob.delivered === 1, 'others are answered');
    const handled = readFileSync(notes, 'utf8').trim().split('\n');
    const at = handled.indexOf('bad');
    const isAlone = handled[at + 1] === 'bad' && handled.lastIndexOf('bad') === at + 1;
    must(isAlone, `after a crash what was in hand is handled again, first and alone: ${handled.join(', ')}`);
    must(ann.failures.join() === 'undeliverable', `ann is told, once: ${ann.failures.join()}`);
    must((await listed()).length === 1, 'the message is in the box');

    const { pid } = (await page(router))!;
    await router.kill('node');
    await see(router, 'another node', (status) => status.pid !== pid);
    must((await listed()).length === 1, 'it is in the box after a kill');

    const again = await login('ann');
    again.onDeliver = (body) => answers.push(Buffer.from(body).toString());
    await load('1.0.1', 'worse');
    const replayed = await mailbeam('deadletters', 'replay', '--all');
    must(replayed.code === 0, `the replay: ${replayed.text}`);
    await again.until(() => answers.includes('bad'), 'what was sent again is handled, as that of its sender');
    must((await listed()).length === 0, 'what was sent again has left the box');

    for (let i = 0; i < 3; i++) again.send('$echo', 'worse');
    await again.until(() => again.failures.length === 3, 'three more are given up');
    await see(router, 'the box holds as many as it may', ({ deadLetters }) => deadLetters.kept === 2);
    const metrics = await (await fetch(`${router.adminUrl}/metrics`)).text();
    const counted = ['mailbeam_dead_letters 2', 'mailbeam_given_up_total{service="$echo"} 3'];
    for (const line of [...counted, 'mailbeam_dead_letters_lost_total{reason="pushed_out"} 1'])
      must(metrics.split('\n').includes(line), `/metrics has ${line}`);
    const { text: status } = await mailbeam('status');
    must(/^dead letters +2 messages were given up, 1 pushed out/m.test(status), `mailbeam status: ${status}`);
    const [first = ''] = await listed();
    const one = await mailbeam('deadletters', 'purge', first);
    must(one.text.includes('1 dead letter purged'), one.text);
    const rest = await mailbeam('deadletters', 'purge', '--all', '--older', '0');
    must(rest.text.includes('1 dead letter purged') && (await listed()).length === 0, rest.text);
    await see(router, 'the ledger balances', ({ ledger }) => ledger.imbalance === 0);
  } finally {
    for (const talker of talkers) talker.end();
    await router.dispose(false);
    rmSync(handlers, { recursive: true, force: true });
  }
}
