import type { AdminFlags } from '../admin-flags.js';
import { durationMs } from '../code/quantity.js';

/** Flags that choose messages of a mailbox. */
export interface MailboxFlags extends AdminFlags {
  readonly from?: string;
  readonly older?: string;
  readonly json?: boolean;
}

/** They as a query of the admin port. @throws CliError USAGE */
export function chosenBy({ from, older }: MailboxFlags): Readonly<Record<string, string | undefined>> {
  return { from, olderThanMs: older === undefined ? undefined : String(durationMs('--older', older)) };
}
