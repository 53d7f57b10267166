import { childrenOf, supervisorStatus } from '@mailbeam/actors';
import type { ActorInfo, ChildStatus, Pid, SupervisorStatus } from '@mailbeam/actors';
import type { Core } from '../core.js';
import { Port } from '../port/port.js';
import type { Names } from '../privacy/names.js';
import { Lane } from '../services/lane.js';
import { Deepest } from './deepest.js';
import { ownerView } from './owner.js';
import type { OwnerView } from './owner.js';
import { inSlices } from './slices.js';

/** As many children are shown one by one; of more only the deepest. */
const SHOWN_ALL = 8;

/** One actor in the tree. */
export interface TreeActor extends OwnerView {
  /** `null`: it ended and is not started again yet. */
  readonly id: number | null;
  readonly name: string | null;
  readonly behaviour: string;
  readonly version: string;
  readonly status: ActorInfo['status'] | 'restarting';
  /** What waits for it: messages in its mailbox; for a session also what its user has not acked, for a service also what its lane keeps. */
  readonly depth: number;
  readonly restarts: number;
}

/** Actors of one version of one behaviour. */
export interface TreeGroup {
  readonly behaviour: string;
  readonly version: string;
  readonly actors: number;
  readonly depth: number;
  readonly restarts: number;
}

export interface TreeSupervisor extends TreeActor, Pick<SupervisorStatus, 'strategy' | 'intensity' | 'periodMs'> {
  /** How often it has started a child again; `restarts` is how often it was itself. */
  readonly restarted: number;
  readonly active: number;
  /** All children, by behaviour and version. */
  readonly groups: readonly TreeGroup[];
  /** Supervisors among them, and all others if they are few, else the deepest. */
  readonly children: readonly (TreeActor | TreeSupervisor)[];
  /** How many are not among `children`. */
  readonly folded: number;
}

/** The supervision of a node. */
export interface SupervisionTree {
  readonly actors: number;
  /** Actors that no supervisor of the tree has started. */
  readonly outside: number;
  readonly supervisors: readonly TreeSupervisor[];
}

/** Draws the tree of a node; a million actors are looked through in slices. @param deepest how many are shown of many */
export async function supervisionTree(core: Core, names: Names, deepest: number): Promise<SupervisionTree> {
  const supervisors: TreeSupervisor[] = [];
  for (const pid of core.supervisors) {
    const tree = await supervisorTree(pid, null, core, names, deepest);
    if (tree !== undefined) supervisors.push(tree);
  }
  const actors = core.system.actorCount;
  return { actors, outside: Math.max(0, actors - count(supervisors)), supervisors };
}

function count(supervisors: readonly TreeSupervisor[]): number {
  return supervisors.reduce((sum, { active, children }) => sum + 1 + active + below(children), 0);
}

/** Actors below supervisors that are children; they themselves are counted as children. */
function below(children: readonly (TreeActor | TreeSupervisor)[]): number {
  const supervisors = children.filter((child): child is TreeSupervisor => 'strategy' in child);
  return count(supervisors) - supervisors.length;
}

async function supervisorTree(
  pid: Pid,
  child: ChildStatus | null,
  core: Core,
  names: Names,
  most: number,
): Promise<TreeSupervisor | undefined> {
  const { system } = core;
  const info = system.info(pid);
  if (info === undefined) return undefined;
  const { strategy, intensity, periodMs, restarts, children } = supervisorStatus(pid);
  const groups = new Map<string, Mutable<TreeGroup>>();
  const first: TreeActor[] = [];
  const deepest = new Deepest<TreeActor>(most);
  const nested: ChildStatus[] = [];
  let workers = 0;
  await inSlices(childrenOf(pid), (one) => {
    const depth = depthOf(one, core);
    addTo(groups, one, depth);
    if (one.type === 'supervisor') return void nested.push(one);
    workers++;
    if (first.length < SHOWN_ALL || deepest.takes(depth)) {
      const actor = treeActor(one, depth, core, names);
      if (first.length < SHOWN_ALL) first.push(actor);
      deepest.add(actor);
    }
  });
  const shown: (TreeActor | TreeSupervisor)[] = workers <= SHOWN_ALL ? first : deepest.items;
  const folded = workers - shown.length;
  for (const one of nested) {
    const tree = one.pid === null ? undefined : await supervisorTree(one.pid, one, core, names, most);
    shown.push(tree ?? treeActor(one, 0, core, names));
  }
  return {
    id: info.id,
    name: info.name ?? null,
    behaviour: info.behaviour,
    version: info.version,
    status: info.status,
    depth: info.depth,
    restarts: child?.restarts ?? 0,
    strategy,
    intensity,
    periodMs,
    restarted: restarts,
    active: children.active,
    groups: [...groups.values()].toSorted((a, b) => b.actors - a.actors),
    children: shown,
    folded,
  };
}

function treeActor(child: ChildStatus, depth: number, core: Core, names: Names): TreeActor {
  const { pid, behaviour, version, restarts, arg } = child;
  const info = pid === null ? undefined : core.system.info(pid);
  return {
    id: info?.id ?? null,
    name: info?.name ?? null,
    behaviour,
    version,
    status: info?.status ?? 'restarting',
    depth,
    restarts,
    ...ownerView(arg, names),
  };
}

function depthOf({ pid, arg }: ChildStatus, core: Core): number {
  const own = pid === null ? 0 : (core.system.info(pid)?.depth ?? 0);
  if (arg instanceof Port) return own + (arg.mailbox?.depth ?? 0);
  return arg instanceof Lane ? Math.max(own, arg.depth) : own;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function addTo(
  groups: Map<string, Mutable<TreeGroup>>,
  { behaviour, version, restarts }: ChildStatus,
  depth: number,
): void {
  const key = `${behaviour} ${version}`;
  let group = groups.get(key);
  if (group === undefined) groups.set(key, (group = { behaviour, version, actors: 0, depth: 0, restarts: 0 }));
  group.actors++;
  group.depth += depth;
  group.restarts += restarts;
}
