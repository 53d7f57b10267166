import type { NodeFigures, Telemetry } from '@mailbeam/telemetry';
import { historyRoute } from '../admin/history-route.js';
import { secondsRoute } from '../admin/seconds-route.js';
import type { AdminRoute } from '../admin/admin-server.js';
import type { Logger } from '../log/log.js';
import { HistoryReader } from '../telemetry/history-reader.js';
import { RecentSeconds } from '../telemetry/recent-seconds.js';
import { ConsoleAccess } from './console-access.js';
import { consoleRoutes } from './console-routes.js';
import { EndedSessions } from './ended-sessions.js';

/** What the console of a node is made of. */
export interface NodeConsoleParts {
  readonly token: string;
  /** The data directory. */
  readonly data: string;
  readonly telemetry: Telemetry;
  readonly figures: () => NodeFigures;
  readonly log: Logger;
}

/** The console of a node: who may use it, its routes, and what its charts begin with. */
export interface NodeConsole {
  readonly access: ConsoleAccess;
  readonly routes: readonly AdminRoute[];
  close(): void;
}

export function openConsole({ token, data, telemetry, figures, log }: NodeConsoleParts): NodeConsole {
  const wall = Date.now;
  const access = new ConsoleAccess(token, EndedSessions.open(data, wall(), log));
  const recent = new RecentSeconds({
    ...{ telemetry, figures, wall },
    mono: () => performance.now(),
    usage: () => {
      const { user, system } = process.cpuUsage();
      return { cpuMs: (user + system) / 1_000, residentBytes: process.memoryUsage.rss() };
    },
  });
  const timer = setInterval(() => recent.note(), 1_000);
  timer.unref();
  return {
    access,
    routes: [
      ...consoleRoutes({ access, wall, onChange: (text, fields) => log.info(fields, text) }),
      secondsRoute(recent),
      historyRoute(new HistoryReader(data)),
    ],
    close: () => clearInterval(timer),
  };
}
