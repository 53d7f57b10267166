// What the statistics cost by themselves: ns a message, ns to give a slot and take it back, bytes a slot.
// node --expose-gc packages/telemetry/bench/statistics-bench.mjs      (build first)
import { MailboxStatistics } from '../dist/index.js';

const ROUNDS = 7;
const median = (of) => of.sort((a, b) => a - b)[of.length >> 1];

/** Turns of 2 ms in which each mailbox gets and acks `burst` messages, with a tick every 250 ms. */
function nsPerMessage(mailboxes, burst) {
  const statistics = new MailboxStatistics(1_000);
  const boxes = Array.from({ length: mailboxes }, (_, i) => ({ name: `m${i}`, slot: 0 }));
  for (const box of boxes) statistics.open(box, 'session');
  const turns = Math.max(2, Math.ceil(2_000_000 / mailboxes / burst));
  let [now, ticked] = [1_000, 1_000];
  const rounds = Array.from({ length: ROUNDS }, () => {
    const begun = performance.now();
    for (let turn = 0; turn < turns; turn++) {
      statistics.turn((now += 2));
      for (const { slot } of boxes) {
        for (let i = 0; i < burst; i++) statistics.arrived(slot, 'ann');
        for (let i = 0; i < burst; i++) statistics.left(slot);
      }
      if (now - ticked < 250) continue;
      ticked = now;
      statistics.settle();
      statistics.sweep();
    }
    return ((performance.now() - begun) * 1e6) / (turns * mailboxes * burst);
  });
  return median(rounds.slice(2));
}

/** A mailbox is opened, gets a message and leaves memory; or only the sums hear of it. */
function nsPerVisit(visit) {
  const statistics = new MailboxStatistics(1_000);
  const rounds = Array.from({ length: ROUNDS }, () => {
    const begun = performance.now();
    for (let i = 0; i < 500_000; i++) visit(statistics, { name: 'bob', slot: 0 });
    return ((performance.now() - begun) * 1e6) / 500_000;
  });
  return median(rounds.slice(2));
}

function bytesPerSlot() {
  const memory = () => {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const boxes = Array.from({ length: 500_000 }, (_, i) => ({ name: `m${i}`, slot: 0 }));
  const before = memory();
  const statistics = new MailboxStatistics(1_000);
  for (const box of boxes) {
    statistics.open(box, 'session');
    statistics.arrived(box.slot, 'ann', 20);
  }
  statistics.settle();
  const bytes = (memory() - before) / boxes.length;
  return statistics.slots === boxes.length ? bytes : NaN;
}

const show = (name, value, unit) => console.log(`${name.padEnd(58)} ${value.toFixed(1).padStart(7)} ${unit}`);
show('a message in and out, 200 mailboxes, 8 each turn', nsPerMessage(200, 8), 'ns');
show('a message in and out, 200 mailboxes, 1 each turn', nsPerMessage(200, 1), 'ns');
show('a message in and out, 200,000 mailboxes, 1 each turn', nsPerMessage(200_000, 1), 'ns');
const open = (statistics, box) => {
  statistics.open(box, 'away');
  statistics.arrived(box.slot, 'ann');
  statistics.park(box);
};
show('a message to somebody away, with a slot for it', nsPerVisit(open), 'ns');
show(
  'a message to somebody away, in the sums alone',
  nsPerVisit((statistics) => statistics.arrivedAway(3)),
  'ns',
);
show('a mailbox with a slot, in all rankings', bytesPerSlot(), 'bytes');
