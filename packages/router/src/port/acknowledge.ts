import { Answer, Message, Where } from '../mailbox/request.js';
import type { Request } from '../mailbox/request.js';
import type { PortHost } from './port-host.js';
import type { Port } from './port.js';

/** An ACK: everything up to `seq` is taken. Messages of one sender give one receipt. */
export function acknowledge(port: Port, seq: number, host: PortHost): void {
  const inFlight = port.inFlight!;
  const mailbox = port.mailbox!;
  let from = '';
  let origin = 0;
  let cid = 0;
  let requests: Request | null = null;
  let needsDisk = false;
  let left = 0;
  while (inFlight.ackedSeq < seq) {
    const entry = inFlight.next();
    if (!(entry instanceof Message)) {
      mailbox.receiptAcked(entry);
      continue;
    }
    if (cid > 0 && (entry.origin !== origin || entry.from !== from)) {
      host.dispatch.delivered(port.user, from, origin, cid, requests, needsDisk);
      requests = null;
      needsDisk = false;
      cid = 0;
    }
    from = entry.from;
    origin = entry.origin;
    // one that was taken again after a crash can stand behind later ones of its pair (semantics 7.4)
    if (entry.cid > cid) cid = entry.cid;
    mailbox.acked(entry);
    left++;
    if (entry.where !== Where.ELIDED) needsDisk = true;
    if (entry.answer === Answer.NONE && entry.sender !== null) {
      entry.next = requests;
      requests = entry;
    }
  }
  if (cid > 0) host.dispatch.delivered(port.user, from, origin, cid, requests, needsDisk);
  mailbox.left(left);
  mailbox.pump();
  host.wake();
}
