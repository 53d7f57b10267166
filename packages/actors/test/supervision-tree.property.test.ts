import { expect, test } from '@jest/globals';
import {
  supervisor,
  whichChildren,
  type AutoShutdown,
  type Behaviour,
  type ChildSpec,
  type Pid,
  type Strategy,
} from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';
import { recorder, type Act } from './recorder.js';
import { withSeed } from './random.js';

type Restart = 'permanent' | 'transient' | 'temporary';

/** The model: a tree of names with a generation for each, and OTP's rules in the plainest form. */
interface Node {
  name: string;
  restart: Restart;
  significant: boolean;
  strategy?: Strategy;
  autoShutdown: AutoShutdown;
  intensity: number;
  restarts: number;
  children: Node[];
  /** What the children were at the beginning: a restart of the supervisor begins with these. */
  given: Node[];
  alive: boolean;
  generation: number;
}

function start(node: Node): void {
  node.alive = true;
  node.generation += 1;
  node.restarts = 0;
  node.children = [...node.given];
  for (const child of node.children) start(child);
}

function stop(node: Node): void {
  node.alive = false;
  for (const child of node.children) stop(child);
}

/** `node` has ended with a crash or as planned; `above` are its supervisors, the next one last. */
function ended(node: Node, planned: boolean, above: Node[]): void {
  stop(node);
  const parent = above.at(-1);
  if (!parent) return;
  const restarted = node.restart === 'permanent' || (node.restart === 'transient' && !planned);
  if (!restarted) {
    if (node.restart === 'temporary') parent.children = parent.children.filter((child) => child !== node);
    const isLast = !parent.children.some((child) => child.significant && child.alive);
    const auto = parent.autoShutdown;
    if (node.significant && (auto === 'any_significant' || (auto === 'all_significant' && isLast)))
      ended(parent, true, above.slice(0, -1)); // with 'shutdown'
    return;
  }
  if (parent.restarts >= parent.intensity) return ended(parent, true, above.slice(0, -1)); // with 'shutdown'
  parent.restarts += 1;
  const at = parent.children.indexOf(node);
  const group =
    parent.strategy === 'one_for_one' ? [node] : parent.children.slice(parent.strategy === 'one_for_all' ? 0 : at);
  for (const child of group) if (child.alive) stop(child);
  parent.children = parent.children.filter(
    (child) => child === node || !group.includes(child) || child.restart !== 'temporary',
  );
  for (const child of group) if (child === node || child.restart !== 'temporary') start(child);
}

test('random trees of supervisors under random ends are what the model says', () => {
  withSeed((random) => {
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    for (let round = 0; round < 250; round += 1) {
      const kit = createTestSystem();
      let count = 0;
      const live = new Map<string, { pid: Pid<Act>; starts: number }>();
      const make = (depth: number, autoAbove: AutoShutdown): Node => {
        const isSupervisor = depth === 0 || (depth < 4 && random() < 0.4);
        const restart = pick<Restart>(['permanent', 'permanent', 'transient', 'temporary']);
        const autoShutdown = pick<AutoShutdown>(['never', 'never', 'any_significant', 'all_significant']);
        const node: Node = {
          name: `n${(count += 1)}`,
          restart,
          significant: autoAbove !== 'never' && restart !== 'permanent' && random() < 0.6,
          autoShutdown,
          intensity: Math.floor(random() * 4),
          restarts: 0,
          children: [],
          given: [],
          alive: false,
          generation: 0,
          ...(isSupervisor ? { strategy: pick<Strategy>(['one_for_one', 'one_for_all', 'rest_for_one']) } : {}),
        };
        if (isSupervisor)
          node.given = Array.from({ length: Math.floor(random() * 4) }, () => make(depth + 1, autoShutdown));
        return node;
      };
      const specOf = (node: Node): ChildSpec =>
        node.strategy
          ? {
              id: node.name,
              behaviour: behaviourOf(node),
              restart: node.restart,
              significant: node.significant,
              type: 'supervisor',
            }
          : {
              id: node.name,
              behaviour: recorder,
              restart: node.restart,
              significant: node.significant,
              arg: {
                log: [],
                trap: node.name.length % 2 === 0,
                init: (self: { pid: Pid<Act> }) =>
                  void live.set(node.name, { pid: self.pid, starts: (live.get(node.name)?.starts ?? 0) + 1 }),
              },
            };
      const behaviourOf = (node: Node): Behaviour<unknown, unknown, unknown> =>
        supervisor({
          strategy: node.strategy as Strategy,
          autoShutdown: node.autoShutdown,
          intensity: node.intensity,
          periodMs: 1e12,
          children: node.given.map(specOf),
        });

      const root = make(0, 'never');
      start(root);
      const top = kit.system.spawn(behaviourOf(root), undefined);
      const all = (node: Node, above: Node[] = []): { node: Node; above: Node[] }[] => [
        { node, above },
        ...node.children.flatMap((child) => all(child, [...above, node])),
      ];
      const shapeOfModel = (node: Node): unknown =>
        node.strategy
          ? [node.name, node.alive ? node.children.map(shapeOfModel) : null]
          : [node.name, node.alive, node.generation];
      const shapeOfReal = (node: Node, pid: Pid | null): unknown => {
        if (node.strategy) {
          if (!pid || !kit.system.isAlive(pid)) return [node.name, null];
          return [node.name, whichChildren(pid).map((child) => shapeOfReal(find(node, child.id), child.pid))];
        }
        return [node.name, pid !== null && kit.system.isAlive(pid), live.get(node.name)?.starts];
      };
      const find = (parent: Node, name: string): Node => parent.given.find((child) => child.name === name) as Node;

      for (let n = 0; n < 25 && root.alive; n += 1) {
        const workers = all(root).filter(({ node }) => !node.strategy && node.alive);
        if (workers.length === 0) break;
        const { node, above } = pick(workers);
        const how = pick(['normal', 'shutdown', 'throw', 'kill'] as const);
        const pid = live.get(node.name)?.pid as Pid<Act>;
        if (how === 'kill') kit.system.exit(pid, 'kill');
        else if (how === 'throw')
          kit.system.send(pid, () => {
            throw new Error('x');
          });
        else kit.system.send(pid, (self) => self.stop(how));
        kit.run();
        ended(node, how === 'normal' || how === 'shutdown', above);
        expect([round, n, kit.system.isAlive(top), shapeOfReal(root, top)]).toEqual([
          round,
          n,
          root.alive,
          shapeOfModel(root),
        ]);
        const alive = all(root).filter((one) => one.node.alive).length;
        expect(kit.system.actorCount).toBe(alive);
      }
    }
  });
});
