/** A thread that reads what was recorded: a day of it is 78 MB, which the node's own thread has no time for. */
import { parentPort, workerData } from 'node:worker_threads';
import { readActivity } from '@mailbeam/telemetry/activity';
import { thinned } from './history.js';
import type { HistoryRequest } from './history.js';

const { data, request } = workerData as { readonly data: string; readonly request: HistoryRequest };
parentPort!.postMessage(thinned(await readActivity(data, request.sinceMs), request));
