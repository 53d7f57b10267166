import { mkdirSync } from 'node:fs';
import { authenticateOpen, Core, listen, LoopbackTransport, SingleNodePlacement } from '@mailbeam/router';
import type { Port, SessionModule } from '@mailbeam/router';
import session from '@mailbeam/router/session';
import { limits } from '@mailbeam/protocol';
import { openLmdbStore } from '@mailbeam/store';
import { Telemetry } from '@mailbeam/telemetry';
import type { NodeFigures } from '@mailbeam/telemetry';
import { runCommand } from '../measuring-command.js';
import type { HostOrder, HostReply } from './router-order.js';

/*
 * A router in a process of its own, as `startNode` wires it but for the admin port, whose telemetry is switched on and off
 * while it runs: two routers would differ by more than what is measured. Its IPC channel takes orders one at a time.
 */

const SELF = 'bench';
const TICK_MS = 250;

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
    limits: {
      maxMessageBytes: limits.maxMessageBytes,
      maxBodyBytes: limits.maxMessageBytes - limits.frameRoomBytes,
      sendWindow: 256,
      rate: 0,
      receipts: 10_000,
      window: 4_096,
      inflightBytes: 4 << 20,
      backpressureBytes: limits.backpressureBytes,
      maxAttempts: 3,
      signalRate: 500,
      watch: 1_000,
      mailboxMessages: 100_000,
      mailboxBytes: 64 << 20,
      hellosWaiting: 20_000,
      helloTimeoutMs: 5_000,
      slowConsumerMs: 30_000,
      presenceAwayMs: 3_000,
      clientKeptMs: 30 * 86_400_000,
    },
    commitDelayMs: 5,
  });
  const server = await listen<Port>({
    host: '127.0.0.1',
    port: 0,
    maxMessageBytes: limits.maxMessageBytes,
    idleTimeoutSeconds: 120,
    maxConnections: 10_000,
    allowsOrigin: () => true,
    open: (socket) => core.connected(socket),
    message: (port, bytes) => core.received(port, bytes),
    drained: (port) => port.drained(),
    closed: (port) => port.closed(),
  });
  const ticker = setInterval(() => core.tick(), TICK_MS);
  let telemetry: Telemetry | null = null;

  const orders = {
    async measure(): Promise<number> {
      await orders.rest();
      telemetry = openTelemetry(core);
      core.measureWith(telemetry);
      return 0;
    },
    async rest(): Promise<number> {
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
