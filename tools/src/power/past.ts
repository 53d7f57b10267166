import { HighWater } from '@mailbeam/protocol';
import type { ClientPast } from '../crash/client-actor.js';
import { EventLog } from '../crash/event-log.js';
import type { ClientEvent, EventClock } from '../crash/event-log.js';
import { SenderState } from '../crash/sender-state.js';

/**
 * What a client knows after `events`, as far as a router can tell: which states number its SENDs, what of each is not
 * answered, what its application has seen. Pure.
 */
export function pastAfter(
  user: string,
  events: readonly ClientEvent[],
  clock: EventClock,
  bodyBytes: ReadonlyMap<number, number>,
): ClientPast {
  const states = new Map<number, SenderState>();
  const stateOf = new Map<number, SenderState>();
  const messages = new Map<number, Extract<ClientEvent, { what: 'deliver' }>>();
  const sent = new Map<SenderState, Set<number>>();
  const marks = new HighWater();
  let conns = 0;
  let lives = 0;
  for (const event of events) {
    const state = stateOf.get(event.conn);
    switch (event.what) {
      case 'hello': {
        conns = Math.max(conns, event.conn);
        lives = Math.max(lives, event.life);
        const known = states.get(event.life) ?? new SenderState(event.life, event.client);
        states.set(event.life, known);
        stateOf.set(event.conn, known);
        break;
      }
      case 'send':
      case 'read': {
        // resends are known; only a first one counts
        const cids = sent.get(state!) ?? new Set();
        sent.set(state!, cids);
        if (cids.has(event.cid)) break;
        cids.add(event.cid);
        const { cid } = event;
        if (event.what === 'read') {
          const { peer, origin, upTo } = event;
          state!.sent({ kind: 'read', cid, peer, origin, upTo });
        } else {
          const { to, id, ttl, expect } = event;
          state!.sent({ kind: 'send', cid, to, id, ttl, expect, bytes: bodyBytes.get(id) ?? 0 });
        }
        break;
      }
      case 'accepted':
        state?.accepted(event.cid);
        break;
      case 'rejected':
        state?.rejected(event.cid);
        break;
      case 'receipt': {
        if (event.kind === 3) state?.failed(event.peer, event.cid, Math.max(event.cid, event.upTo));
        break;
      }
      case 'deliver':
        messages.set(event.id, event);
        break;
      case 'shown': {
        const { from, origin, cid } = messages.get(event.id)!;
        marks.note(from, origin, '', cid);
        break;
      }
      default:
    }
  }
  return {
    log: EventLog.after(user, clock, events),
    marks,
    states: [...states.values()].filter(({ client }) => client !== ''),
    lives,
    conns,
  };
}
