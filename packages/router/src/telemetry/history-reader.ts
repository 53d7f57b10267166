import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { HistoryRequest, HistoryView } from './history.js';

/** Requests that wait for the one under way. */
const MOST_WAITING = 4;
/** Longest that one may take. */
const LIMIT_MS = 20_000;
const HEAP_MB = 256;

const workerFile = createRequire(import.meta.url).resolve('@mailbeam/router/history-worker');

/** Reads the history of a node, one request at a time, each in a thread of its own that then ends. */
export class HistoryReader {
  readonly #data: string;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** @param data the data directory */
  constructor(data: string) {
    this.#data = data;
  }

  /** Undefined: too many wait already. Rejects when it cannot be read. */
  read(request: HistoryRequest): Promise<HistoryView> | undefined {
    if (this.#waiting >= MOST_WAITING) return undefined;
    this.#waiting++;
    const reading = this.#last.then(() => inThread(this.#data, request)).finally(() => this.#waiting--);
    this.#last = reading.catch(() => undefined);
    return reading;
  }
}

function inThread(data: string, request: HistoryRequest): Promise<HistoryView> {
  const worker = new Worker(workerFile, {
    ...{ name: 'history', execArgv: [], workerData: { data, request } },
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  worker.unref();
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      reject(new Error(`the history was not read within ${LIMIT_MS / 1_000} s`));
      void worker.terminate();
    }, LIMIT_MS);
    late.unref();
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => {
      clearTimeout(late);
      reject(new Error('the thread that read the history has ended without an answer'));
    });
  });
}
