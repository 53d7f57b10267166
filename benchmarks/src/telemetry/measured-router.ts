import { mkdirSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { authenticateOpen, Core, listen, LoopbackTransport, SingleNodePlacement } from '@mailbeam/router';
import type { Port, SessionModule } from '@mailbeam/router';
import session from '@mailbeam/router/session';
import { testLimits } from '@mailbeam/router/test-kit';
import { openLmdbStore } from '@mailbeam/store';
import { Telemetry } from '@mailbeam/telemetry';
import type { NodeFigures } from '@mailbeam/telemetry';
import { runCommand } from '../measuring-command.js';
import type { HostOrder, HostReply } from './router-order.js';

/*
 * A router in a process of its own, as `startNode` wires it but for the admin port, whose telemetry, or a profile of it, is
 * switched on and off while it runs: two routers would differ by more than what is measured. Its IPC channel takes orders one at a time.
 */

const SELF = 'bench';
const TICK_MS = 250;
/** The default of `mailbeam profile`. */
const PROFILE_INTERVAL_US = 1_000;

async function main(): Promise<number> {
  const data = process.argv[2]!;
  mkdirSync(data, { recursive: true });
  const store = await openLmdbStore(data);
  const core = new Core({
    store,
    placement: new SingleNodePlacement(SELF),
    transport: new LoopbackTransport(SELF),
    authenticate: authenticateOpen,
    session: session as unknown as SessionModule,
    limits: testLimits,
    commitDelayMs: 5,
  });
  const server = await listen<Port>({
    host: '127.0.0.1',
    port: 0,
    maxMessageBytes: testLimits.maxMessageBytes,
    idleTimeoutSeconds: 120,
    maxConnections: 10_000,
    maxSockets: Infinity,
    allowsOrigin: () => true,
    open: (socket) => core.connected(socket),
    message: (port, bytes) => core.received(port, bytes),
    drained: (port) => port.drained(),
    closed: (port) => port.closed(),
  });
  const ticker = setInterval(() => core.tick(), TICK_MS);
  let telemetry: Telemetry | null = null;
  let profile: Session | null = null;

  const orders = {
    async measure(): Promise<number> {
      await orders.rest();
      telemetry = openTelemetry(core);
      core.measureWith(telemetry);
      return 0;
    },
    /** As `mailbeam profile` does it. */
    async profile(): Promise<number> {
      await orders.rest();
      profile = new Session();
      profile.connect();
      await profile.post('Profiler.enable');
      await profile.post('Profiler.setSamplingInterval', { interval: PROFILE_INTERVAL_US });
      await profile.post('Profiler.start');
      return 0;
    },
    async rest(): Promise<number> {
      await profile?.post('Profiler.stop');
      profile?.disconnect();
      profile = null;
      core.measureWith(null);
      await telemetry?.close();
      telemetry = null;
      return 0;
    },
    async quiet(): Promise<number> {
      while (!core.commits.clean || !store.quiet) await new Promise((resolve) => setTimeout(resolve, 10));
      return 0;
    },
    async cpu(): Promise<number> {
      const { user, system } = process.cpuUsage();
      return Promise.resolve(user + system);
    },
    async stop(): Promise<number> {
      await orders.rest();
      await core.flushAll();
      clearInterval(ticker);
      core.commits.close();
      server.close();
      await store.close();
      process.exit();
      return 0;
    },
  };
  process.on('message', (order: HostOrder) => {
    void orders[order]().then((value) => order !== 'stop' && reply({ value }));
  });
  // whoever started it has ended without a word
  process.on('disconnect', () => process.exit());
  reply({ value: server.port });
  return 0;
}

function openTelemetry(core: Core): Telemetry {
  const nothing = { behaviour: null, version: null, lastLoad: null, doing: null };
  return new Telemetry(
    {
      system: core.system,
      figures: (): NodeFigures => {
        throw new Error('nobody scrapes here');
      },
      describe: () => nothing,
      sendersOf: () => [],
      lastLoad: () => null,
      switchedOff: () => [],
      classOf: () => 'system',
    },
    { now: core.clock.mono, key: Buffer.alloc(16) },
  );
}

function reply(message: HostReply): void {
  process.send!(message);
}

runCommand(main);
