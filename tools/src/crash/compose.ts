import { limits } from '@mailbeam/protocol';
import type { Expectation } from './event-log.js';
import type { Random } from './random.js';
import type { UserPlan } from './scenario.js';
import type { OutgoingSend } from './sender-state.js';
import type { World } from './world.js';

/** A well-formed name of a group, which does not exist, and an ill-formed name. */
const noGroup = '#nobody';
const illFormed = 'bell\u0007';

/** Draws the next message of a user: mostly sound, to a few partners; a few that must be rejected. */
export function composeMessage(cid: number, plan: UserPlan, world: World, random: Random): OutgoingSend {
  const id = world.nextId();
  const bytes = random.between(4, plan.bodyBytes * (random.chance(0.01) ? 20 : 1));
  const fault = drawFault(random);
  if (fault !== 'taken') {
    const to = fault === 'unknown_recipient' ? noGroup : fault === 'invalid' ? illFormed : plan.name;
    return {
      kind: 'send',
      cid,
      to,
      id,
      bytes: fault === 'too_large' ? limits.maxBodyBytes + 1 : bytes,
      ttl: 0,
      expect: fault,
    };
  }
  const ttl = world.ttlAllowed && random.chance(0.04) ? random.between(1, 2) : 0;
  return { kind: 'send', cid, to: drawRecipient(plan, world, random), id, bytes, ttl, expect: 'taken' };
}

function drawFault(random: Random): Expectation {
  const draw = random.next();
  if (draw < 0.003) return 'unknown_recipient';
  if (draw < 0.006) return 'invalid';
  return draw < 0.0062 ? 'too_large' : 'taken';
}

/** Half to a partner, a quarter to those who are often away, the rest to anybody, oneself included. */
function drawRecipient(plan: UserPlan, { names, awayNames }: World, random: Random): string {
  const draw = random.next();
  if (draw < 0.5) return names[names.indexOf(plan.name) ^ 1] ?? plan.name;
  return random.pick(draw < 0.75 ? awayNames : names);
}
