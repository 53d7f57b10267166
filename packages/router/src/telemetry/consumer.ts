import type { ActorInfo, Pid } from '@mailbeam/actors';
import type { ConsumerDetails } from '@mailbeam/telemetry';
import type { Core } from '../core.js';
import type { Port } from '../port/port.js';
import type { Lane } from '../services/lane.js';
import type { RunningService } from '../services/running-service.js';

/** What is known of whoever takes messages out of a mailbox, but for the loads of its code. */
export type Consumer = Omit<ConsumerDetails, 'lastLoad'>;

/** Lanes of one service that are looked at, of perhaps very many. */
const MOST_LANES = 1_000;

/** The consumer of the mailbox of a user who is connected. */
export function sessionConsumer(port: Port | undefined, core: Core): Consumer {
  if (port === undefined) return { behaviour: null, version: null, doing: 'not connected' };
  const info = port.session === null ? undefined : core.system.info(port.session as Pid);
  return { behaviour: info?.behaviour ?? null, version: info?.version ?? null, doing: doingOfPort(port, info, core) };
}

function doingOfPort(port: Port, info: ActorInfo | undefined, core: Core): string {
  if (port.stalledAt !== 0) return `its client does not read: ${seconds(core.clock.mono - port.stalledAt)}`;
  const inFlight = port.inFlight === null ? 0 : port.inFlight.seq - port.inFlight.ackedSeq;
  if (inFlight > 0) return `not acking: ${inFlight.toLocaleString('en-US')} in flight`;
  return info === undefined ? 'crashed, and not started again yet' : info.status;
}

/** The consumer of a service's mailbox: its lane that is busy longest, else any. */
export function serviceConsumer(service: RunningService | undefined, core: Core): Consumer {
  if (service === undefined) return { behaviour: null, version: null, doing: 'it has been stopped' };
  let longest: Lane | undefined;
  let any: Lane | undefined;
  let looked = 0;
  for (const lane of service.lanes) {
    if (++looked > MOST_LANES) break;
    any ??= lane;
    if (lane.inHand !== null && (longest === undefined || lane.inHandAt < longest.inHandAt)) longest = lane;
  }
  const version = (longest ?? any)?.version?.version ?? null;
  return { behaviour: service.unit.name, version, doing: doingOfLane(longest, core) };
}

function doingOfLane(lane: Lane | undefined, { clock, system }: Core): string {
  if (lane === undefined) return 'waiting';
  const info = lane.pid === null ? undefined : system.info(lane.pid);
  return `${info?.status ?? 'starting again'}, with one in hand for ${seconds(clock.mono - lane.inHandAt)}`;
}

/** The consumer of an actor's own mailbox. */
export function actorConsumer(info: ActorInfo | undefined): Consumer {
  if (info === undefined) return { behaviour: null, version: null, doing: 'ended' };
  return { behaviour: info.behaviour, version: info.version, doing: info.status };
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
