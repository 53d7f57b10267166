import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { PeopleCount, PeopleJob } from './people-jobs.js';

type Answer = { readonly ok: true; readonly count: PeopleCount } | { readonly ok: false; readonly message: string };

/** The process of the people as its parent sees it: one job at a time. */
export class PeopleFleet {
  readonly #child: ChildProcess;
  #last: Promise<unknown> = Promise.resolve();

  constructor() {
    const entry = fileURLToPath(new URL('../../dist/swap/people-process.js', import.meta.url));
    this.#child = fork(entry, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  }

  run(job: PeopleJob): Promise<PeopleCount> {
    const done = this.#last.then(() => this.#run(job));
    this.#last = done.catch(() => undefined);
    return done;
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }

  async #run(job: PeopleJob): Promise<PeopleCount> {
    const gone = new AbortController();
    const onExit = (): void => gone.abort();
    this.#child.once('exit', onExit);
    try {
      this.#child.send(job);
      const [answer] = (await once(this.#child, 'message', { signal: gone.signal })) as [Answer];
      if (!answer.ok) throw new Error(answer.message);
      return answer.count;
    } finally {
      this.#child.off('exit', onExit);
    }
  }
}
