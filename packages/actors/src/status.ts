/** The bits of an actor's status. One number, so that the hot loop tests several at once. */
const bits = {
  /** In the run queue. */
  QUEUED: 1,
  /** One of its callbacks is on the stack. */
  RUNNING: 2,
  /** A callback's promise is pending. */
  AWAITING: 4,
  /** `init` has not finished. */
  STARTING: 8,
  /** `terminate` runs or its promise is pending. */
  TERMINATING: 16,
  DEAD: 32,
  TRAP_EXIT: 128,
  /** Its mailbox has a bound. */
  BOUNDED: 256,
  /** Priority high. */
  HIGH: 512,
  /** Items wait in the control lane. */
  CONTROL: 1024,
  /** It ends when the callback has returned. */
  STOPPING: 2048,
  /** In the scheduler's list of actors to attend to. */
  ATTENDED: 4096,
  /** Infos come by the control lane, the parent's exit too: supervisors. */
  SUPERVISOR: 8192,
  /** Handles its control lane, but for infos, and no messages. */
  SUSPENDED: 16_384,
  /** Hibernates: its state may be packed. */
  ASLEEP: 32_768,
  /** To hibernate when its callback has returned, if nothing waits. */
  SLEEPY: 65_536,
  /** Some trace is on for it. */
  TRACED: 131_072,
} as const;

const BUSY = bits.AWAITING | bits.STARTING | bits.TERMINATING | bits.DEAD;
const BLOCKED = BUSY | bits.SUSPENDED;

/**
 * The bits and what is tested together. Hot modules take what they need into constants of their own (`const { DEAD } = status;`): V8 puts
 * those into the machine code as numbers, and reads what is imported from memory each time.
 */
export const status = {
  ...bits,
  /** No callback can be called now. */
  BUSY,
  /** No message can be handled now. */
  BLOCKED,
  /** Something goes before the next message. */
  ATTENTION: bits.CONTROL | bits.STOPPING | bits.ASLEEP | bits.SLEEPY | BLOCKED,
} as const;

export function clear(actor: { status: number }, bits: number): void {
  actor.status &= ~bits;
}
