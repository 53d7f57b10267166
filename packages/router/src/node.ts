import { join } from 'node:path';
import type { CodeServer } from '@mailbeam/code';
import { CloseCode } from '@mailbeam/protocol';
import { makeDurably } from '@mailbeam/store';
import type { StoreSpace } from '@mailbeam/store';
import type { NodeFigures, Telemetry } from '@mailbeam/telemetry';
import { AdminServer } from './admin/admin-server.js';
import { alertRoutes } from './admin/alert-routes.js';
import { codeRoutes } from './admin/code-routes.js';
import { deadLetterRoutes } from './admin/dead-letter-routes.js';
import { logRoutes } from './admin/log-routes.js';
import { inspectRoutes } from './admin/inspect-routes.js';
import { mailboxRoutes } from './admin/mailbox-routes.js';
import { messageRoutes } from './admin/message-routes.js';
import { metricsRoute } from './admin/metrics-route.js';
import { profileRoutes } from './admin/profile-routes.js';
import { readiness } from './admin/readiness.js';
import type { Readiness } from './admin/readiness.js';
import { adminRoutes } from './admin/routes.js';
import { storeRoutes } from './admin/store-routes.js';
import { traceRoutes } from './admin/trace-routes.js';
import { adminToken } from './admin/token.js';
import session from './behaviours/session.js';
import { allowsOrigin } from './allowed-origin.js';
import { openConsole } from './console/node-console.js';
import type { NodeConsole } from './console/node-console.js';
import { connectionLimit, descriptorLimit, isLoopback, socketLimit } from './config/index.js';
import type { Config } from './config/index.js';
import { coreLimits } from './core-limits.js';
import { Core } from './core.js';
import { DeadLetterBox } from './dead-letters/dead-letter-box.js';
import { keepLetters } from './dead-letters/keep-letters.js';
import { LetterCounts } from './dead-letters/letter-counts.js';
import { replay } from './dead-letters/replay.js';
import { DiskRoom } from './disk-room.js';
import { RouterError } from './errors.js';
import { logTrouble, openCode } from './hot-code.js';
import type { Ended } from './hot-code.js';
import { IdleCollection } from './idle-collection.js';
import { ClientLog } from './log/client-log.js';
import { Logs } from './log/levels.js';
import type { AreaLevels } from './log/levels.js';
import { logDestination, rootLog } from './log/log.js';
import type { Logger } from './log/log.js';
import { authenticateOpen } from './login.js';
import type { RunningNode } from './node-process.js';
import { openStore } from './open-store.js';
import type { SessionModule } from './port/session-shell.js';
import type { Port } from './port/port.js';
import { sessionScript } from './profile/session-script.js';
import { Profiler } from './profile/profiler.js';
import { Names } from './privacy/names.js';
import { pseudonymKey } from './privacy/pseudonym-key.js';
import { LoopbackTransport } from './seams/transport.js';
import { SingleNodePlacement } from './seams/placement.js';
import { serviceLogs } from './services/service-log.js';
import { ThreadOffloader } from './services/thread-offloader.js';
import { listen } from './socket/uws.js';
import { AlertSettingsFile } from './telemetry/alert-settings.js';
import { LastLoads } from './telemetry/last-loads.js';
import { nodeFigures } from './telemetry/node-figures.js';
import { startRecorder } from './telemetry/node-recorder.js';
import { addSinks, openTelemetry } from './telemetry/node-telemetry.js';
import { Tracing } from './traces/tracing.js';
import type { TracedShare } from './traces/tracing.js';
import { VERSION } from './version.js';
import { heldLoopText } from './watchdog/held-loop.js';
import { Watchdog } from './watchdog/watchdog.js';

const SELF = 'node-1';
const TICK_MS = 250;
/** So long a stop waits for what services have in hand; what has not ended by then stays pending. */
const SERVICES_END_MS = 1_000;

const CENSUS_ENDS =
  'a page of the store cannot be read: deep mailboxes of people who are away may be in no ranking; run `mailbeam store check`';
const OPERATORS_RULES =
  'alert rules that an operator set are in force, not those of the configuration; `mailbeam alerts rules reset` goes back';

/** What a node runs that is not configuration. */
export interface NodeParts {
  /** The module of the sessions; default: the router's own. */
  readonly session?: SessionModule;
  /** How the node before this one ended; default: in good order. */
  readonly ended?: Ended;
  /** What that one wrote to its log, where an operator had changed it. */
  readonly levels?: AreaLevels | undefined;
  /** An operator has changed what is written. */
  readonly onLevels?: (levels: AreaLevels) => void;
  /** Which share of the messages that one traced, where an operator had changed it. */
  readonly traced?: TracedShare | undefined;
  /** An operator has changed what is traced. */
  readonly onTraced?: (traced: TracedShare) => void;
}

/**
 * Starts a node: opens its store, checks the ledger, listens for clients and on the admin port.
 * @throws RouterError with a code that says what to do
 */
export async function startNode(config: Config, parts: NodeParts = {}): Promise<RunningNode> {
  if (config.auth.mode === 'open' && !isLoopback(config.host)) {
    throw new RouterError(
      'open_mode_exposed',
      `auth.mode "open" lets anyone in as anyone: it does not bind ${config.host}, only loopback`,
    );
  }
  const root = rootLog(logDestination(config.log.format, process.stderr.isTTY));
  const logs = new Logs(root, config.log.level, { before: parts.levels, onChange: parts.onLevels });
  const log = logs.of('node');
  const startedAt = performance.now();
  const store = await openStore(config.data, log);
  const sessionModule = parts.session ?? (session as unknown as SessionModule);
  const watchdog = config.watchdog.limitMs === 0 ? undefined : new Watchdog();
  const offloader = new ThreadOffloader();
  const room = new DiskRoom({
    directory: config.data,
    reserve: config.store.reserve,
    onChange: (isTight, freeBytes) =>
      isTight
        ? log.error({ freeBytes, reserve: room.reserve }, 'the disk is nearly full: nothing more is stored')
        : log.info({ freeBytes }, 'the disk has room again'),
  });
  await room.look();
  const wall = (): number => core.clock.wall;
  const lettersDir = join(config.data, 'dead-letters');
  await makeDurably(lettersDir);
  const box = DeadLetterBox.open(lettersDir, config.deadLetters);
  const letters = new LetterCounts(box, () => core.services.addresses());
  let failedAt: number | null = null;
  const core: Core = new Core({
    store,
    placement: new SingleNodePlacement(SELF),
    transport: new LoopbackTransport(SELF),
    authenticate: authenticateOpen,
    session: sessionModule,
    heartbeat: watchdog?.heartbeat ?? null,
    limits: coreLimits(config),
    room,
    commitDelayMs: config.commitDelayMs,
    services: {
      offloader,
      logOf: serviceLogs(logs.of('handlers')),
      onDeadLetter: keepLetters({ box, counts: letters, room, wall, names: () => names, log }),
    },
    interceptorLimits: config.interceptors,
    onInterceptorTrouble: (trouble) => logTrouble(logs.of('handlers'), trouble),
    onCrash: (report) => logs.of('actors').error({ crash: report }, 'an actor crashed'),
    onCommitFailed: (error, retryMs) => {
      failedAt = core.commits.commits;
      log.error({ err: error, retryMs }, 'a commit failed and is tried again');
    },
  });
  checkLedger(core, log);
  const { connections: maxConnections } = connectionLimit(config.limits.connections, descriptorLimit());
  const key = pseudonymKey(config.data);
  const names = new Names(key, config.privacy.clearNames, (pseudonym) => telemetry.names.nameOf(pseudonym));
  const clientLog = new ClientLog(logs.of('clients'), names);
  const view = {
    ...{ core, room, box, names, version: VERSION, startedAt, connections: 0, maxConnections, draining: false },
    get space(): StoreSpace {
      return store.space;
    },
    get readiness(): Readiness {
      const isCritical = config.alerts.unready && telemetry.alerts.worst === 'critical';
      const { isTight } = room;
      return readiness({ draining: view.draining, commits: core.commits.commits, failedAt, isTight, isCritical });
    },
  };
  const loads = new LastLoads();
  const settingsFile = new AlertSettingsFile(config.data, log);
  const settings = settingsFile.read();
  const telemetry: Telemetry = openTelemetry(core, config, {
    ...{ key, loads, settings },
    connections: () => view.connections,
    deadLetters: () => letters.figures(),
  });
  if (settings.rules !== null) log.info({ rules: settings.rules.map(({ name }) => name) }, OPERATORS_RULES);
  if (config.telemetry.statistics) core.measureWith(telemetry);
  let server;
  let admin: AdminServer;
  let code: CodeServer | undefined;
  let webConsole: NodeConsole | undefined;
  let tracing: Tracing | undefined;
  try {
    code = await openCode(core, sessionModule, config, parts.ended ?? 'clean', logs.of('code'), loads.note);
    loads.begin(await code.versions());
    server = await listen<Port>({
      host: config.host,
      port: config.port,
      maxMessageBytes: config.limits.maxMessageBytes,
      idleTimeoutSeconds: config.idleTimeoutSeconds,
      maxConnections,
      maxSockets: socketLimit(descriptorLimit()),
      allowsOrigin: (origin, host) => allowsOrigin(config, origin, host),
      open: (socket) => {
        view.connections++;
        clientLog.connected(view.connections);
        return core.connected(socket);
      },
      message: (port, bytes) => {
        clientLog.message(port, bytes.length);
        core.received(port, bytes);
      },
      drained: (port) => port.drained(),
      closed: (port) => {
        view.connections--;
        clientLog.gone(port, view.connections);
        port.closed();
      },
    });
    addSinks(telemetry, config, server.port, logs.of('alerts'));
    tracing = new Tracing({
      ...{ core, config: config.traces, names, port: server.port },
      ...{ before: parts.traced, onChange: parts.onTraced },
      onTrouble: (trouble) => log.warn({ trouble }, 'spans did not reach the collector of the traces'),
    });
    await tracing.begin();
    const token = adminToken(config.data);
    const figures = (): NodeFigures => nodeFigures(core, view.connections, VERSION, letters.figures());
    webConsole = openConsole({ token, data: config.data, telemetry, figures, log: logs.of('admin') });
    admin = await AdminServer.listen({
      host: config.admin.host,
      port: config.admin.port,
      token,
      console: webConsole.access,
      routes: [
        ...webConsole.routes,
        ...adminRoutes(view),
        metricsRoute(telemetry),
        ...mailboxRoutes({ telemetry, wall, figures }),
        ...messageRoutes({
          core,
          names,
          onPurge: (user, purged) => log.info({ user, purged }, 'an operator purged a mailbox'),
        }),
        ...alertRoutes({
          ...{ telemetry, wall, configured: config.alerts.rules },
          source: settings.rules === null ? 'configuration' : 'operator',
          keep: (changed) => settingsFile.write(changed),
          onChange: (text, fields) => logs.of('admin').info(fields, text),
        }),
        ...deadLetterRoutes({
          ...{ box, limits: config.deadLetters, names, wall },
          replay: (letter, body) => replay(letter, body, core),
          onDone: (what, letters) => log.info({ letters }, `an operator has ${what} dead letters`),
        }),
        ...codeRoutes(code),
        ...profileRoutes(new Profiler(config.data, sessionScript(sessionModule)), (forMs) =>
          logs.of('admin').info({ forMs }, 'an operator profiles this node'),
        ),
        ...logRoutes(logs),
        ...traceRoutes(tracing, (change) => logs.of('admin').info({ change }, 'an operator changes what is traced')),
        ...storeRoutes({
          backup: (to) => store.backup(to),
          onBackup: (backup) => log.info({ backup }, 'a backup was made'),
        }),
        ...inspectRoutes({
          core,
          names,
          onDisconnect: (user) => logs.of('admin').info({ user }, 'an operator ended the connection of a user'),
        }),
      ],
    });
  } catch (error) {
    webConsole?.close();
    await tracing?.close();
    server?.close();
    await code?.close();
    await telemetry.close();
    await store.close();
    throw error;
  }
  const stopRecorder = startRecorder(telemetry, config, log);
  const collection = new IdleCollection();
  const ticker = setInterval(() => {
    watchdog?.tick();
    room.tick(core.commits.commits);
    core.tick();
    // without statistics nobody ticks it: those who follow alerts are told that it is still here
    if (core.telemetry === null) telemetry.tick(core.clock.mono, core.clock.wall);
    collection.tick();
  }, TICK_MS);
  watchdog?.start({
    data: config.data,
    limitMs: config.watchdog.limitMs,
    onHeld: (held) => log.warn({ held }, heldLoopText(held)),
    onLost: (error) => log.error({ err: error }, 'the watchdog has ended: nobody watches the event loop'),
  });
  log.info(
    {
      port: server.port,
      adminPort: admin.port,
      pending: core.ledger.pending,
      ms: Math.round(performance.now() - startedAt),
    },
    'ready',
  );
  core.census?.begin((error) => log.error({ err: error }, CENSUS_ENDS));

  const stop = async (): Promise<void> => {
    core.census?.stop();
    server.stopAccepting();
    for (const port of core.ports()) port.close(CloseCode.GOING_AWAY, 'going_away');
    await code.close();
    await core.services.close(SERVICES_END_MS);
    offloader.close();
    await core.flushAll();
    clearInterval(ticker);
    await watchdog?.stop();
    core.commits.close();
    server.close();
    webConsole.close();
    admin.close();
    await settingsFile.settled();
    await stopRecorder();
    await tracing.close();
    await telemetry.close();
    logs.close();
    await store.close();
  };
  return {
    port: server.port,
    adminPort: admin.port,
    async drain() {
      core.census?.stop();
      view.draining = true;
      server.stopAccepting();
      for (const port of core.ports()) {
        if (port.phase === 'open') port.out().goodbye('drain', Math.round(Math.random() * config.goodbyeSpreadMs));
      }
      await core.flush();
      await stop();
      log.info('drained');
    },
    close: stop,
  };
}

/** accepted = delivered + failed + pending, or something was lost or counted twice. */
function checkLedger(core: Core, log: Logger): void {
  const { ledger, store } = core;
  if (ledger.imbalance !== 0 || ledger.storeImbalance(store) !== 0) {
    log.error(
      { ledger: store.ledger, pending: store.pending.messages },
      'the ledger does not balance: run `mailbeam store check`',
    );
  }
}
