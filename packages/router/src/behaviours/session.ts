import { defineBehaviour } from '@mailbeam/actors';
import type { SendFrame, SessionFrame, SessionPort } from '@mailbeam/handler';
import { limits, Op } from '@mailbeam/protocol';

/** Plain data beside the port, so that any version of this module can take it over. */
export interface SessionState {
  readonly port: SessionPort;
  /** Frames handled by this session since it started. */
  handled: number;
}

/**
 * The actor of one connected user. It decides what a frame does; everything that is queued or owed belongs to the port and
 * the mailboxes, so its crash costs nothing but the frame in hand.
 */
export default defineBehaviour<SessionPort, SessionState, SessionFrame>({
  name: 'session',
  version: '1.0.0',

  init(port) {
    return { port, handled: 0 };
  },

  handleMessage(frame, state) {
    const { port } = state;
    state.handled++;
    switch (frame.op) {
      case Op.SEND:
        send(frame, port);
        break;
      case Op.READ:
        if (!frame.again && overWindow(port)) break;
        port.route();
        break;
      case Op.SIGNAL:
        port.route();
        break;
      case Op.WATCH:
        port.watch();
        break;
      case Op.CALL:
        port.call();
        break;
      default:
        frame satisfies never;
    }
  },

  codeChange(state, from) {
    const old = state as Partial<SessionState> | null;
    if (old?.port === undefined || typeof old.handled !== 'number')
      throw new TypeError(`the state of session ${from} is not one that this version knows`);
    return old as SessionState;
  },
});

function send(frame: SendFrame, port: SessionPort): void {
  if (frame.toKind === 0) return port.reject('invalid', 'the name of the recipient is ill-formed');
  if (frame.ttl !== -1 && (frame.ttl < limits.ttlMinSeconds || frame.ttl > limits.ttlMaxSeconds)) {
    return port.reject('invalid', `ttl is ${limits.ttlMinSeconds} to ${limits.ttlMaxSeconds} seconds`);
  }
  if (frame.bodyBytes > port.limits.maxBodyBytes) {
    return port.reject('too_large', `a body has at most ${port.limits.maxBodyBytes} bytes`);
  }
  if (frame.toKind !== 1 && !port.isKnown(frame.to))
    return port.reject('unknown_recipient', `there is no '${frame.to}'`);
  if (!frame.again) {
    if (overWindow(port)) return;
    if (port.receiptsWaiting > port.limits.receipts) {
      return port.reject('overloaded', 'take some of the receipts that wait for you first', 1_000);
    }
  }
  port.route();
}

/** Rejects the frame in hand when it is one too many; true when it did. */
function overWindow(port: SessionPort): boolean {
  if (port.unanswered >= port.limits.sendWindow) {
    port.reject('rate_limited', `at most ${port.limits.sendWindow} may be unanswered`, 100);
    return true;
  }
  if (!port.takeRate()) {
    port.reject('rate_limited', `at most ${port.limits.rate} a second`, 1_000);
    return true;
  }
  return false;
}
