import { selfTimes } from './cpu-profile.js';
import type { CallFrame, CpuProfile, ProfileNode } from './cpu-profile.js';

/** A module's code, by what it is called in a profile. */
export interface ProfiledModule {
  readonly behaviour: string;
  readonly version: string;
}

/** What one handler of one version of a behaviour took, all that it called included. */
export interface HandlerTime extends ProfiledModule {
  /** The function that was entered: `handleMessage`, `codeChange`. */
  readonly handler: string;
  readonly ms: number;
}

/** Where the time went. The sum of all is the time that was profiled. */
export interface TimeSplit {
  /** The longest first. */
  readonly handlers: readonly HandlerTime[];
  /** The router's own code and what it uses. */
  readonly routerMs: number;
  /** Outside of JavaScript and not waiting: the system, sockets, the engine. */
  readonly nativeMs: number;
  readonly collectorMs: number;
  readonly idleMs: number;
}

type Owner = { readonly key: string; readonly module: ProfiledModule; readonly handler: string };

/**
 * Splits a profile by who had been entered. Code that a handler calls is its own, until that enters another module: an
 * interceptor within a session counts for itself.
 * @param moduleOf the module of a script; undefined for any other
 */
export function timeSplit(profile: CpuProfile, moduleOf: (url: string) => ProfiledModule | undefined): TimeSplit {
  const owners = ownersOf(profile, moduleOf);
  const self = selfTimes(profile);
  const totals = new Map<string, { owner: Owner; us: number }>();
  const other = { routerMs: 0, nativeMs: 0, collectorMs: 0, idleMs: 0 };
  for (const { id, callFrame } of profile.nodes) {
    const us = self.get(id) ?? 0;
    const owner = owners.get(id);
    if (owner === undefined) {
      other[kindOf(callFrame)] += us / 1_000;
      continue;
    }
    const total = totals.get(owner.key);
    if (total === undefined) totals.set(owner.key, { owner, us });
    else total.us += us;
  }
  const handlers = [...totals.values()]
    .filter(({ us }) => us > 0)
    .map(({ owner: { module, handler }, us }) => ({ ...module, handler, ms: us / 1_000 }))
    .sort((a, b) => b.ms - a.ms);
  return { handlers, ...other };
}

function ownersOf(
  { nodes }: CpuProfile,
  moduleOf: (url: string) => ProfiledModule | undefined,
): ReadonlyMap<number, Owner> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const owners = new Map<number, Owner>();
  const inner = new Set(nodes.flatMap(({ children }) => children ?? []));
  const open: [ProfileNode, Owner | undefined][] = nodes
    .filter(({ id }) => !inner.has(id))
    .map((node) => [node, undefined]);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, above] = next;
    const owner = ownerAt(node.callFrame, above, moduleOf);
    if (owner !== undefined) owners.set(node.id, owner);
    for (const child of node.children ?? []) open.push([byId.get(child)!, owner]);
  }
  return owners;
}

function ownerAt(
  { url, functionName }: CallFrame,
  above: Owner | undefined,
  moduleOf: (url: string) => ProfiledModule | undefined,
): Owner | undefined {
  const module = moduleOf(url);
  if (module === undefined) return above;
  const { behaviour, version } = module;
  if (above?.module.behaviour === behaviour && above.module.version === version) return above;
  const handler = functionName === '' ? '(anonymous)' : functionName;
  return { key: `${behaviour}\n${version}\n${handler}`, module, handler };
}

function kindOf({ functionName, url }: CallFrame): 'routerMs' | 'nativeMs' | 'collectorMs' | 'idleMs' {
  if (url !== '') return 'routerMs';
  switch (functionName) {
    case '(idle)':
      return 'idleMs';
    case '(garbage collector)':
      return 'collectorMs';
    case '(program)':
    case '(root)':
      return 'nativeMs';
    default:
      return 'routerMs';
  }
}
