/** The worker thread of the witness pair, so that the fuzzer's own work does not count as the router's delay. */
import { parentPort, workerData } from 'node:worker_threads';
import { Witness } from './witness.js';

const { port } = workerData as { port: number };
const witness = await Witness.begin(port);
parentPort!.once('message', () => {
  void witness.end().then((report) => parentPort!.postMessage(report));
});
parentPort!.postMessage('ready');
