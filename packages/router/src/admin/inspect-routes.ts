import { CloseCode } from '@mailbeam/protocol';
import type { Core } from '../core.js';
import { actorView } from '../inspect/actor-view.js';
import { serviceView } from '../inspect/service-view.js';
import { supervisionTree } from '../inspect/supervision-tree.js';
import { findTarget, findUser, targetKinds } from '../inspect/target.js';
import type { TargetKind } from '../inspect/target.js';
import { traceLines } from '../inspect/trace-lines.js';
import { userView } from '../inspect/user-view.js';
import type { Names } from '../privacy/names.js';
import type { AdminAnswer, AdminRoute } from './admin-server.js';
import { jsonLines } from './admin-stream.js';

const MOST_SHOWN = 1_000;
/** Below what a usual HTTP client waits for the next bytes: a trace may have nothing to tell. */
const LONGEST_TRACE_MS = 240_000;
const FASTEST_TRACE = 1_000;
/** Traces at a time: each costs those that it looks at. */
const MOST_TRACES = 8;

/** What these routes need of a node. */
export interface InspectHost {
  readonly core: Core;
  readonly names: Names;
  /** An operator has ended a connection; `user` as it may be shown. */
  readonly onDisconnect: (user: string) => void;
}

/** Looking closer: the supervision tree, one target, a trace of it; and ending a connection. Names of users may be given as pseudonyms. */
export function inspectRoutes({ core, names, onDisconnect }: InspectHost): AdminRoute[] {
  let traces = 0;
  return [
    {
      method: 'GET',
      path: '/actors/tree',
      handle: async (_params, query) => {
        const deepest = wholeNumber(query, 'deepest', 5, 0, MOST_SHOWN);
        if (deepest === undefined) return bad(`deepest is a whole number from 0 to ${MOST_SHOWN}`);
        return { status: 200, body: await supervisionTree(core, names, deepest) };
      },
    },
    {
      method: 'GET',
      path: '/inspect/:target',
      handle: async ({ target = '' }, query) => {
        const kinds = kindsOf(query, ['user', 'service', 'actor']);
        const deepest = wholeNumber(query, 'deepest', 5, 0, MOST_SHOWN);
        if (kinds === undefined) return bad('kind is user, service or actor');
        if (deepest === undefined) return bad(`deepest is a whole number from 0 to ${MOST_SHOWN}`);
        const body = await inspect(target, kinds, deepest);
        return body === undefined ? unknown(target, kinds) : { status: 200, body };
      },
    },
    {
      method: 'POST',
      path: '/trace/:target',
      handle: async ({ target: text = '' }, query) => {
        const kinds = kindsOf(query, targetKinds);
        const forMs = wholeNumber(query, 'forMs', 10_000, 1, LONGEST_TRACE_MS);
        const maxPerSecond = wholeNumber(query, 'maxPerSecond', 100, 1, FASTEST_TRACE);
        if (kinds === undefined) return bad('kind is user, service, actor or behaviour');
        if (forMs === undefined) return bad(`forMs is a whole number from 1 to ${LONGEST_TRACE_MS}`);
        if (maxPerSecond === undefined) return bad(`maxPerSecond is a whole number from 1 to ${FASTEST_TRACE}`);
        const target = await findTarget(text, kinds, core, names);
        if (target === undefined) return unknown(text, kinds);
        if (target.kind === 'behaviour' && !(await runs(target.name))) return unknown(text, kinds);
        if (traces >= MOST_TRACES)
          return refused(429, 'too_many_traces', `${MOST_TRACES} traces run already: wait for one to end`);
        traces++;
        return jsonLines(async function* (gone) {
          try {
            yield* traceLines(target, { forMs, maxPerSecond }, core, names, gone);
          } finally {
            traces--;
          }
        });
      },
    },
    {
      method: 'POST',
      path: '/users/:user/disconnect',
      handle: async ({ user = '' }) => {
        const name = await findUser(user, core, names);
        if (name === undefined) return unknown(user, ['user']);
        const port = core.portOf(name);
        const shown = names.show(name);
        if (port !== undefined) {
          port.close(CloseCode.GOING_AWAY, 'going_away');
          onDisconnect(shown);
        }
        return { status: 200, body: { user: shown, disconnected: port !== undefined } };
      },
    },
  ];

  async function inspect(text: string, kinds: readonly TargetKind[], deepest: number): Promise<unknown> {
    const target = await findTarget(text, kinds, core, names);
    if (target?.kind === 'user') return userView(target.name, core, names);
    if (target?.kind === 'service') return serviceView(target.service, deepest, core, names);
    return target?.kind === 'actor' ? actorView(target.pid, target.owner, core.system, names) : undefined;
  }

  /** Whether some actor runs it: a trace of a word that was mistyped would wait in vain. */
  async function runs(behaviour: string): Promise<boolean> {
    const { supervisors } = await supervisionTree(core, names, 0);
    return (
      behaviour === 'supervisor' || supervisors.some(({ groups }) => groups.some((g) => g.behaviour === behaviour))
    );
  }
}

/** The kinds of targets that are meant: all of `known`, or the one that is asked for; undefined for a word that is none. */
function kindsOf(query: URLSearchParams, known: readonly TargetKind[]): readonly TargetKind[] | undefined {
  const kind = query.get('kind');
  if (kind === null) return known;
  return known.some((one) => one === kind) ? [kind as TargetKind] : undefined;
}

function wholeNumber(
  query: URLSearchParams,
  key: string,
  otherwise: number,
  least: number,
  most: number,
): number | undefined {
  const value = Number(query.get(key) ?? otherwise);
  return Number.isInteger(value) && value >= least && value <= most ? value : undefined;
}

function unknown(target: string, kinds: readonly TargetKind[]): AdminAnswer {
  return refused(404, 'unknown_target', `there is no ${kinds.join(', ').replace(/, (\w+)$/, ' or $1')} ${target}`);
}

function bad(detail: string): AdminAnswer {
  return refused(400, 'bad_option', detail);
}

function refused(status: number, error: string, detail: string): AdminAnswer {
  return { status, body: { error, detail } };
}
