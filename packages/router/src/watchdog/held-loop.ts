import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who held the event loop of a node; what `DATA/held-loop.json` says, for the parent to read when the node has died. */
export interface HeldLoop {
  /** The node. */
  readonly pid: number;
  /** The actor whose callback was on the stack; undefined where it was the router's own code. */
  readonly actor: { readonly id: number; readonly behaviour: string; readonly version: string } | undefined;
  /** For how long, so far. */
  readonly heldMs: number;
}

const fileIn = (data: string): string => join(data, 'held-loop.json');

/** Notes it, whole or not at all: a death in the middle leaves no half a file. */
export function noteHeldLoop(data: string, held: HeldLoop): void {
  writeFileSync(`${fileIn(data)}.new`, JSON.stringify(held));
  renameSync(`${fileIn(data)}.new`, fileIn(data));
}

export function forgetHeldLoop(data: string): void {
  rmSync(fileIn(data), { force: true });
}

/** Takes the note of the node `pid` that has died; undefined where nobody held its loop. */
export function takeHeldLoop(data: string, pid: number): HeldLoop | undefined {
  let held: HeldLoop;
  try {
    held = JSON.parse(readFileSync(fileIn(data), 'utf8')) as HeldLoop;
  } catch {
    return undefined;
  }
  forgetHeldLoop(data);
  return held.pid === pid ? held : undefined;
}

/** In words: "session 1.0.0 (actor 17) held the event loop for 2,000 ms". */
export function heldLoopText({ actor, heldMs }: HeldLoop): string {
  const who = actor === undefined ? "the router's own code" : `${actor.behaviour} ${actor.version} (actor ${actor.id})`;
  return `${who} held the event loop for ${heldMs.toLocaleString('en')} ms`;
}
