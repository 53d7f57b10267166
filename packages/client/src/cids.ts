/**
 * Numbers for SENDs and READs. A block of them is reserved in the saved state before the first of it is used, so that
 * no number is used twice after a crash and not every send is a write; what a crash leaves unused is a gap, which the
 * protocol allows.
 */
export class Cids {
  private next = 1;
  private reserved = 0;
  private asked = 0;
  private assumesStored = false;

  /**
   * Goes on behind an earlier run.
   * @param reserved the highest number that it may have used
   */
  restore(reserved: number): void {
    this.next = reserved + 1;
    this.reserved = reserved;
    this.asked = reserved;
  }

  /** The highest number that may have been used. */
  get used(): number {
    return Math.max(this.next - 1, this.reserved);
  }

  /** The next number, or 0 while the reservation of more is not yet stored. */
  take(): number {
    return this.next <= (this.assumesStored ? this.asked : this.reserved) ? this.next++ : 0;
  }

  /** The reservation to store now, or 0 where enough is left. Call `stored` with it when it is durable. */
  wanted(blockSize: number): number {
    const left = this.asked - this.next + 1;
    if (left * 2 > blockSize) return 0;
    this.asked += blockSize;
    return this.asked;
  }

  /** From now on what is asked for counts as stored: for numbers that go into the same or a later write, and nowhere else. */
  assumeStored(): void {
    this.assumesStored = true;
  }

  /** All numbers up to `reserved` may be used. */
  stored(reserved: number): void {
    this.reserved = Math.max(this.reserved, reserved);
  }
}
