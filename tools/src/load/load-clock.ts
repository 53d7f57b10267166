const offsetUs = Number(process.hrtime.bigint() / 1000n) - performance.now() * 1000;

/** Microseconds of the machine's monotonic clock: the same for every process, so a stamp may cross between them. */
export function nowUs(): number {
  return performance.now() * 1000 + offsetUs;
}
