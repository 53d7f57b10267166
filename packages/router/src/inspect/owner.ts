import type { Names } from '../privacy/names.js';
import { Port } from '../port/port.js';
import { Lane } from '../services/lane.js';

/** For whom an actor works: the user of a session, or a service, and the caller whose state a lane keeps. */
export interface OwnerView {
  readonly user?: string;
  readonly service?: string;
}

export function ownerView(owner: unknown, names: Names): OwnerView {
  if (owner instanceof Port) return { user: names.show(owner.user) };
  if (!(owner instanceof Lane)) return {};
  const service = `$${owner.unit.name}`;
  return owner.caller === '' ? { service } : { service, user: names.show(owner.caller) };
}
