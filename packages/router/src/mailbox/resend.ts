import type { Mailbox, MailboxHost } from './mailbox.js';
import type { Message } from './request.js';

/**
 * The look-up for a resend (semantics 4.2): answers a message that was taken before, and returns false for one that is to be taken
 * now. In the order of what a resend may find: a rejection, something settled, a failure or a receipt that still waits, a
 * message that is not on disk yet, one that is. Finding a later message of the pair is not enough: this one may have been
 * acked without ever being written, and a crash may have taken the receipt that would have told its sender.
 */
export function lookUpResend(mailbox: Mailbox, message: Message, host: MailboxHost): boolean {
  const sender = message.sender!;
  const { cid } = message;
  const { home, origin, user } = sender;
  const rejection = sender.rejectionOf(cid);
  if (rejection !== undefined) {
    host.commits.answerWhenFlushed(() => {
      message.settled = true;
      sender.reject(message, rejection);
      sender.settle();
    });
    return true;
  }
  const taken =
    cid <= sender.lastCid || home.failureOf(mailbox.name, origin, cid) || home.takenUpTo(mailbox.name, origin) >= cid;
  if (taken || (cid <= sender.highCid && host.store.holds(mailbox.name, user, origin, cid))) {
    message.settled = true;
    sender.accept(message);
    sender.settle();
    return true;
  }
  if (mailbox.hasUnflushed(user, origin, cid)) {
    host.commits.due(mailbox, host.clock.mono);
    host.commits.answerWhenFlushed(() => {
      message.settled = true;
      sender.accept(message);
      sender.settle();
    });
    return true;
  }
  return false;
}
