import type { Actor } from './actor.js';
import { receiveExit } from './exits.js';
import type { ExitReason } from './exit-reason.js';
import { status } from './status.js';
import type { System } from './system.js';
import { Timer } from './timer-wheel.js';

/** Ends all actors in good order; kills what is left after `stopTimeoutMs`. Resolves when none is left. */
export async function endAll(system: System): Promise<void> {
  const { population, timers, scheduler } = system;
  const ended = new Promise<void>((resolve) => (population.onEmpty = resolve));
  if (population.count === 0) population.onEmpty?.();
  const timer = new Timer(killAll, null, system, null);
  timers.start(timer, system.options.stopTimeoutMs);
  for (const actor of population.youngestFirst().filter(isRoot)) tellToEnd(system, actor, 'shutdown');
  scheduler.arm();
  await ended;
  timers.drop(timer);
  scheduler.disarm();
}

function isRoot(actor: Actor): boolean {
  return !actor.parent || (actor.parent.status & status.DEAD) !== 0;
}

function tellToEnd(system: System, actor: Actor, reason: ExitReason): void {
  if ((actor.status & status.TRAP_EXIT) !== 0 && (actor.status & status.SUPERVISOR) === 0)
    system.control(actor, { kind: 'parent_exit', reason });
  else receiveExit(system, actor, null, reason, false);
}

function killAll(timer: Timer): void {
  const system = timer.target as System;
  for (const actor of system.population.youngestFirst()) receiveExit(system, actor, null, 'kill', false);
}
