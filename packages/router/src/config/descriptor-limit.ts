import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';

/** Descriptors that are kept back for files, the admin port and the store. */
export const reservedDescriptors = 500;

/**
 * Most descriptors that this process may have open (`Max open files`, soft); undefined when there is no telling.
 * Node raises the soft limit to the hard one when it starts, and its children inherit that.
 */
export function descriptorLimit(): number | undefined {
  try {
    return limitIn(readFileSync('/proc/self/limits', 'utf8'));
  } catch {
    // Not Linux: ask the shell, which has inherited our limit.
    return limitOfShell();
  }
}

/** `Max open files` in the text of `/proc/PID/limits`. */
export function limitIn(limits: string): number | undefined {
  return parsed(/^Max open files\s+(\S+)/m.exec(limits)?.[1]);
}

function limitOfShell(): number | undefined {
  try {
    return parsed(execFileSync('/bin/sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim());
  } catch {
    // No shell either (Windows): no limit that we could know of.
    return undefined;
  }
}

function parsed(text: string | undefined): number | undefined {
  if (text === 'unlimited') return Number.MAX_SAFE_INTEGER;
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** The connection limit in force, and what to tell about it. */
export interface ConnectionLimit {
  /** Most connections; 0 when the descriptor limit leaves none, and the router cannot start. */
  readonly connections: number;
  /** A sentence for the person who starts the router; '' when all is well. */
  readonly warning: string;
}

const fewConnections = 10_000;

/** Of the {@link reservedDescriptors}: so many sockets that are no connections yet may be there beside all connections. */
const beforeUpgrade = 128;

/** Most sockets of clients, with those that are not upgraded: what is left is for files, the admin port and the store. */
export function socketLimit(descriptors: number | undefined): number {
  return descriptors === undefined ? Infinity : Math.max(0, descriptors - reservedDescriptors + beforeUpgrade);
}

/** The number of connections a router takes: what was asked for (0 = all it can), at most the descriptor limit less 500. */
export function connectionLimit(asked: number, descriptors: number | undefined): ConnectionLimit {
  if (descriptors === undefined) return { connections: asked === 0 ? fewConnections : asked, warning: '' };
  const possible = Math.min(Math.max(0, descriptors - reservedDescriptors), 10_000_000);
  const remedy = `the descriptor limit is ${descriptors}; raise it (ulimit -n, LimitNOFILE= in systemd)`;
  if (possible === 0) return { connections: 0, warning: `no connection is possible: ${remedy}` };
  if (asked > possible) {
    return {
      connections: possible,
      warning: `limits.connections is ${asked}, only ${possible} are possible: ${remedy}`,
    };
  }
  if (asked === 0 && possible < fewConnections) {
    return { connections: possible, warning: `only ${possible} connections are possible: ${remedy}` };
  }
  return { connections: asked === 0 ? possible : asked, warning: '' };
}
