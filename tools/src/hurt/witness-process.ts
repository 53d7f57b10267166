import { Talker } from './talker.js';

/** How long what a pair of people say to each other takes, in ms. */
export interface WitnessWindow {
  readonly messages: number;
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

const PAUSE_MS = 4;

/** A process of its own: what it measures is the router, not whoever torments it. Argument: the port. Each 'take' is answered with a {@link WitnessWindow}. */
async function main(port: number): Promise<void> {
  const ann = await Talker.login(port, 'witness-ann');
  const bob = await Talker.login(port, 'witness-bob');
  let took: number[] = [];
  bob.onDeliver = (body) => {
    took.push(performance.now() - Buffer.from(body).readDoubleLE(0));
  };
  const body = Buffer.alloc(100);
  setInterval(() => {
    if (ann.unanswered > 200) return;
    body.writeDoubleLE(performance.now(), 0);
    ann.send('witness-bob', body);
  }, PAUSE_MS);
  process.on('message', () => {
    const sorted = took.toSorted((a, b) => a - b);
    took = [];
    const at = (part: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Infinity;
    const closed = ann.closedWith + bob.closedWith;
    const window: WitnessWindow = { messages: sorted.length, p50: at(0.5), p99: at(0.99), most: at(1) };
    process.send!(closed === '' ? { window } : { fault: `the witness was closed with ${closed}` });
  });
  process.on('disconnect', () => process.exit());
  process.send!({});
}

await main(Number(process.argv[2]));
