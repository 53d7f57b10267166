import type { MailboxHost } from './mailbox-host.js';
import type { Mailbox } from './mailbox.js';
import type { Message, Rejection, Request } from './request.js';

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
  // after a crash a whole crowd resends into one mailbox, where none finds its own among those of the others
  if (cid <= sender.takenCid && mailbox.hasUnflushed(user, origin, cid)) {
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

/** Answers a resend that was rejected before; false when it was not. */
export function rejectedBefore(request: Request): boolean {
  const rejection = request.sender!.rejectionOf(request.cid);
  if (rejection === undefined) return false;
  rejectAtOnce(request, rejection);
  return true;
}

/** Answers a resend that is settled, so that nothing is left to do for it; false when it is not. */
export function settledBefore(request: Request): boolean {
  const sender = request.sender!;
  if (request.cid > sender.lastCid) return false;
  request.settled = true;
  sender.accept(request);
  sender.settle();
  return true;
}

/** Rejects a request without a commit: its rejection is on disk, or a resend gets the same one without it. */
export function rejectAtOnce(request: Request, rejection: Rejection): void {
  request.settled = true;
  request.sender!.reject(request, rejection);
  request.sender!.settle();
}
