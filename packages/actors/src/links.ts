import type { Actor } from './actor.js';

/** Makes the link on both sides. Twice is once. */
export function addLink(one: Actor, other: Actor): void {
  addPeer(one, other);
  addPeer(other, one);
}

/** Takes the link away on both sides; who was the other's parent is so no more. */
export function unlink(one: Actor, other: Actor): void {
  if (one.parent === other) one.parent = null;
  if (other.parent === one) other.parent = null;
  removePeer(one, other);
  removePeer(other, one);
}

/** Takes it away on one side. */
export function removePeer(of: Actor, peer: Actor): void {
  if (of.links === peer) of.links = null;
  else if (of.links instanceof Set) of.links.delete(peer);
}

function addPeer(of: Actor, peer: Actor): void {
  if (of.links === null) of.links = peer;
  else if (of.links instanceof Set) of.links.add(peer);
  else if (of.links !== peer) of.links = new Set([of.links, peer]);
}
