import { Receipt } from '../mailbox/receipt.js';
import { Message } from '../mailbox/request.js';
import type { Core } from '../core.js';
import type { Names } from '../privacy/names.js';
import { Refusal, SeenSignal, Timer } from '../services/lane-entry.js';
import type { LaneEntry } from '../services/lane-entry.js';
import type { Lane } from '../services/lane.js';
import type { RunningService } from '../services/running-service.js';
import { actorView } from './actor-view.js';
import type { ActorView } from './actor-view.js';
import { Deepest } from './deepest.js';
import { mailboxView } from './mailbox-view.js';
import type { MailboxView } from './mailbox-view.js';
import { inSlices } from './slices.js';

/** One lane of a service: what waits for one of its actors. */
export interface LaneView {
  /** Whose state it keeps; `null` where there is one state for all. */
  readonly caller: string | null;
  /** `null`: it has no actor, none is needed or it is not started again yet. */
  readonly actor: number | null;
  readonly version: string | null;
  /** Entries that wait, with the one in hand. */
  readonly depth: number;
  readonly inHand: { readonly what: string; readonly forMs: number } | null;
}

/** A service, as `mailbeam inspect` shows it. */
export interface ServiceView {
  readonly kind: 'service';
  readonly service: string;
  readonly state: 'shared' | 'caller';
  readonly versions: readonly { readonly version: string; readonly actors: number }[];
  /** Most entries that it takes from its mailbox at a time. */
  readonly window: number;
  readonly mailbox: MailboxView;
  readonly callsWaiting: number;
  readonly lanes: number;
  /** Lanes with something in hand. */
  readonly busy: number;
  /** How long the one that is longest in hand has been so, ms; `null` where nothing is. */
  readonly longestInHandMs: number | null;
  /** The deepest lanes. */
  readonly deepest: readonly LaneView[];
  /** The actor, where there is one state for all. */
  readonly actor: ActorView | null;
}

export async function serviceView(
  service: RunningService,
  most: number,
  core: Core,
  names: Names,
): Promise<ServiceView> {
  const versions = new Map<string, number>();
  const deepest = new Deepest<LaneView>(most);
  let busy = 0;
  let longest: number | null = null;
  let only: Lane | undefined;
  await inSlices(service.lanes, (lane) => {
    only = lane;
    if (lane.version !== null) versions.set(lane.version.version, (versions.get(lane.version.version) ?? 0) + 1);
    if (lane.inHand !== null) {
      busy++;
      longest = Math.max(longest ?? 0, Math.round(core.clock.mono - lane.inHandAt));
    }
    if (deepest.takes(lane.depth)) deepest.add(laneView(lane, core.clock.mono, names));
  });
  const shared = service.mode === 'shared' ? only : undefined;
  return {
    kind: 'service',
    service: service.address,
    state: service.mode,
    versions: [...versions].map(([version, actors]) => ({ version, actors })),
    window: service.window,
    mailbox: mailboxView(service.address, core, names),
    callsWaiting: service.callsWaiting,
    lanes: service.laneCount,
    busy,
    longestInHandMs: longest,
    deepest: deepest.items,
    actor:
      shared === undefined || shared.pid === null
        ? null
        : ((await actorView(shared.pid, shared, core.system, names)) ?? null),
  };
}

function laneView(lane: Lane, mono: number, names: Names): LaneView {
  const { caller, pid, version, depth, inHand, inHandAt } = lane;
  return {
    caller: caller === '' ? null : names.show(caller),
    actor: pid?.id ?? null,
    version: version?.version ?? null,
    depth,
    inHand: inHand === null ? null : { what: wordOf(inHand), forMs: Math.round(mono - inHandAt) },
  };
}

function wordOf(entry: LaneEntry): string {
  if (entry instanceof Message) return 'message';
  if (entry instanceof Receipt || entry instanceof Refusal) return 'receipt';
  if (entry instanceof SeenSignal) return 'signal';
  return entry instanceof Timer ? 'timer' : 'call';
}
