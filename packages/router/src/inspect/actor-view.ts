import { ActorError, roughSize, shapeOf, supervisorStatus } from '@mailbeam/actors';
import type { ActorInfo, ActorSystem, Pid, SupervisorStatus } from '@mailbeam/actors';
import { Port } from '../port/port.js';
import type { Names } from '../privacy/names.js';
import { Lane } from '../services/lane.js';
import { ownerView } from './owner.js';
import type { OwnerView } from './owner.js';

/** What may be told of a state: the names of its own fields with types and lengths, and its size. Never a value. */
export interface StateView {
  readonly shape: string;
  /** Roughly, and at least: of a large one only a part is looked at. */
  readonly bytes: number;
}

/** An actor, as `mailbeam inspect` shows it. */
export interface ActorView extends Omit<ActorInfo, 'name'>, OwnerView {
  readonly kind: 'actor';
  readonly name: string | null;
  readonly parent: string | null;
  /** `null`: not to be had while a callback is under way. */
  readonly state: StateView | null;
  readonly supervisor?: SupervisorStatus;
}

/** In a callback, or beginning or ending: nobody waits for it, it might be stuck. */
const BUSY: readonly ActorInfo['status'][] = ['starting', 'running', 'awaiting', 'terminating', 'ended'];

/** What is known of a living actor; undefined when it has ended. @param owner what it was started for */
export async function actorView(
  pid: Pid,
  owner: unknown,
  system: ActorSystem,
  names: Names,
): Promise<ActorView | undefined> {
  const info = system.info(pid);
  if (info === undefined) return undefined;
  const view = { kind: 'actor' as const, ...info, name: info.name ?? null, ...ownerView(owner, names) };
  if (BUSY.includes(info.status)) return { ...view, parent: null, state: null };
  const { parent, stateShape } = await system.getStatus(pid);
  const asked = { ...view, parent: parent === null ? null : String(parent) };
  const supervisor = supervisorOrNone(pid);
  if (supervisor !== undefined) return { ...asked, state: null, supervisor };
  return { ...asked, state: await stateOf(pid, owner, stateShape, system) };
}

function supervisorOrNone(pid: Pid): SupervisorStatus | undefined {
  try {
    return supervisorStatus(pid);
  } catch (error) {
    if (error instanceof ActorError) return undefined; // it is none, and only the call tells
    throw error;
  }
}

/** The state of the module: what the router wraps around it is not its own. */
async function stateOf(pid: Pid, owner: unknown, shape: string, system: ActorSystem): Promise<StateView> {
  if (owner instanceof Port) return stateView(owner.sessionState?.inner, owner);
  if (owner instanceof Lane) return stateView(owner.state, owner);
  return { shape, bytes: roughSize(await system.getState(pid)) };
}

function stateView(state: unknown, owner: object): StateView {
  return { shape: shapeOf(state), bytes: roughSize(state, owner) };
}
