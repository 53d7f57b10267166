import { lookUpResend, rejectedBefore, settledBefore } from '../mailbox/resend.js';
import type { MailboxHost } from '../mailbox/mailbox-host.js';
import type { Mailbox } from '../mailbox/mailbox.js';
import { Message, ReadRequest } from '../mailbox/request.js';
import type { Rejection } from '../mailbox/request.js';
import type { PortFrame } from './frames.js';
import type { Port } from './port.js';

/** What the answer to a poisonous frame needs of the node. */
export interface CrashedFrameHost extends MailboxHost {
  open(name: string): Mailbox;
}

/** Rejects a request once that is on disk. */
export interface Rejecting {
  reject(request: Message | ReadRequest, rejection: Rejection): void;
}

/** A frame has crashed its session as often as it may: the router itself answers it (semantics 5.5). */
export function answerCrashed(port: Port, frame: PortFrame, host: CrashedFrameHost, rejecting: Rejecting): void {
  if (frame instanceof Message || frame instanceof ReadRequest) {
    port.number(frame);
    answerRefused(port, frame, { code: 'failed', detail: 'its handling crashed', retryAfterMs: 0 }, host, rejecting);
  } else if ('rid' in frame) port.out().reply(frame.rid, false, { code: 'failed', detail: 'its handling crashed' });
  else port.out().error('failed', 'the handling of a frame crashed');
}

/** A request is not taken. A resend gets the answer that it had; one that had none is told by a receipt, never rejected (semantics 4.4 and 12.3). */
export function answerRefused(
  port: Port,
  request: Message | ReadRequest,
  rejection: Rejection,
  host: CrashedFrameHost,
  rejecting: Rejecting,
): void {
  const { again, cid } = request;
  const peer = request instanceof Message ? request.to : request.peer;
  if (request instanceof Message && request.toKind === 0) {
    // from the frame's bytes alone, and a name that cannot stand in a receipt
    const detail = 'the name of the recipient is ill-formed';
    host.rejections.rejectAtOnce(request, { code: 'invalid', detail, retryAfterMs: 0 });
    return;
  }
  if (request instanceof Message && request.toKind !== 2) {
    if (lookUpResend(host.open(peer), request, host)) return;
  } else if (again && (rejectedBefore(request) || settledBefore(request))) return;
  if (!again) {
    rejecting.reject(request, rejection);
    return;
  }
  const sender = request.sender!;
  if (request instanceof Message) host.ledger.failUnwritten();
  host.commits.hold(sender, peer);
  host.outbox.receipt(port.user, {
    peer,
    kind: 3,
    origin: sender.origin,
    cid,
    ts: host.clock.wall,
    code: 'undeliverable',
    upTo: 0,
    requests: request,
    needsDisk: true,
  });
}
