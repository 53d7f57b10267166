import { defineBehaviour } from '@mailbeam/actors';
import type { SessionFrame, SessionPort } from '@mailbeam/handler';
import { Op } from '@mailbeam/protocol';

/** The state of a later session: another shape than version 1 has. */
interface StateOfV2 {
  readonly io: { readonly port: SessionPort };
  readonly counts: { before: number; since: number };
}

/** A second version of the session for tests of code change: routes everything, and signs what it rejects. */
export default defineBehaviour<SessionPort, StateOfV2, SessionFrame>({
  name: 'session',
  version: '2.0.0',

  init(port) {
    return { io: { port }, counts: { before: 0, since: 0 } };
  },

  handleMessage(frame, state) {
    const { port } = state.io;
    state.counts.since++;
    if (frame.op === Op.CALL) return port.reply(true, { version: 2, ...state.counts });
    if (frame.op === Op.WATCH) return port.watch();
    if (frame.op === Op.SEND && frame.toKind !== 1) return port.reject('forbidden', 'version 2 says so');
    port.route();
  },

  codeChange(state, from) {
    const old = state as { port: SessionPort; handled: number };
    if (from !== '1.0.0') throw new Error(`no way from version ${from}`);
    return { io: { port: old.port }, counts: { before: old.handled, since: 0 } };
  },
});
