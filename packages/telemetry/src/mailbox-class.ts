/**
 * Whose mailbox it is: of a user who is connected, of one who is not, of a service, of a group, or of an actor of the
 * router itself.
 */
export const mailboxClasses = ['session', 'away', 'service', 'group', 'system'] as const;

export type MailboxClass = (typeof mailboxClasses)[number];

/** The number of a class, for tables. */
export function classNumber(name: MailboxClass): number {
  return mailboxClasses.indexOf(name);
}
