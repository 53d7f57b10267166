import { createSystem, defineBehaviour } from '@mailbeam/actors';
import type { ActorSystem, Pid } from '@mailbeam/actors';
import type { MicroTask } from './micro-task.js';

const MESSAGES = 2000;
const SPAWNED = 100;

/** A ball that goes to and fro between two players until `left` is used up. */
interface Ball {
  readonly players: readonly [Pid<Ball>, Pid<Ball>];
  left: number;
}

const player = defineBehaviour<undefined, null, Ball>({
  name: 'player',
  version: '1',
  init: () => null,
  handleMessage(ball, _state, self) {
    if (ball.left-- > 0) self.send(ball.players[ball.left & 1]!, ball);
  },
});

const mayfly = defineBehaviour<undefined, null, string>({
  name: 'mayfly',
  version: '1',
  init: () => null,
  handleMessage(_message, _state, self) {
    self.exit('normal');
  },
});

/** Runs turns until nobody has anything to do; the benchmark is its own host. */
function drive(system: ActorSystem): void {
  while (system.runQueueLength > 0) system.runTurn();
}

/** The runtime alone, without an event loop around it. */
export function actorTasks(): MicroTask[] {
  const system = createSystem({ schedule: () => {} });
  const one = system.spawn(player, undefined);
  const other = system.spawn(player, undefined);
  return [
    {
      name: 'actors: ping-pong, one way',
      perRun: MESSAGES,
      run: () => {
        system.send(one, { players: [one, other], left: MESSAGES });
        drive(system);
      },
    },
    {
      name: 'actors: spawn, one message, exit',
      perRun: SPAWNED,
      run: () => {
        for (let i = 0; i < SPAWNED; i++) system.send(system.spawn(mayfly, undefined), 'go');
        drive(system);
      },
    },
  ];
}
