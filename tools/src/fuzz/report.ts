import type { FuzzResult } from './fuzz.js';
import type { FuzzFailure } from './slot.js';

const MAX_HEX = 4_000;

/** What a run found, as lines for people. */
export function describeResult(result: FuzzResult): string[] {
  const { counts, witness, failures, complaints, seed, ms } = result;
  const perSecond = Math.round((counts.cases * 1000) / Math.max(1, ms));
  const kinds = [...counts.kinds].sort((a, b) => b[1] - a[1]).map(([kind, n]) => `${kind} ${n}`);
  return [
    ...failures.flatMap((failure) => describeFailure(failure, seed)),
    ...complaints.map((complaint) => `WRONG: ${complaint}`),
    `${counts.cases} cases in ${(ms / 1000).toFixed(1)} s (${perSecond}/s), ${counts.cases - counts.greetings} of them after HELLO`,
    `${counts.closed} closed their connection, ${counts.connections} connections, ${counts.resent} resends, ${counts.free} without a prediction`,
    `kinds: ${kinds.join(', ')}`,
    `witness: ${witness.sent} messages, p50 ${witness.p50} ms, p99 ${witness.p99} ms, worst ${witness.worst} ms`,
    `router: ${result.anonMegabytesBefore.toFixed(0)} MB when warm, ${result.anonMegabytesAfter.toFixed(0)} MB at the end`,
  ];
}

function describeFailure({ number, kind, wrong, messages, before }: FuzzFailure, seed: number): string[] {
  const numbers = [...before, number].join(',');
  return [
    `WRONG: seed ${seed}, case ${number} (${kind}): ${wrong}`,
    ...messages.map(({ as, bytes }) => `  ${as} ${bytes.length} bytes: ${hexOf(bytes)}`),
    `  by itself:           node tools/dist/fuzz/main.js --seed ${seed} --only ${number}`,
    ...(before.length > 0
      ? [`  with those before it: node tools/dist/fuzz/main.js --seed ${seed} --only ${numbers}`]
      : []),
  ];
}

function hexOf(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return hex.length > MAX_HEX ? `${hex.slice(0, MAX_HEX)}...` : hex;
}
