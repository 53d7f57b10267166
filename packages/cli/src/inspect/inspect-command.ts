import type { ActorView, ServiceView, UserView } from '@mailbeam/router';
import { adminAccess } from '../admin-access.js';
import type { AdminFlags } from '../admin-flags.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { actorLines } from './actor-text.js';
import { inspectError, routeOf } from './inspect-access.js';
import { serviceLines } from './service-text.js';
import { userLines } from './user-text.js';

export interface InspectFlags extends AdminFlags {
  readonly kind?: string;
  readonly deepest: string;
  readonly json?: boolean;
}

/** Many actors may have to be looked through for one. */
const walkMs = 20_000;

/** `mailbeam inspect`: one user, service or actor. */
export async function inspectCommand(target: string, flags: InspectFlags, output: Output): Promise<ExitStatus> {
  const route = routeOf('/inspect', target, { kind: flags.kind, deepest: flags.deepest });
  const access = await adminAccess(flags);
  const view = (await access.get(route, walkMs).catch((error: unknown) => {
    throw inspectError(error, access);
  })) as UserView | ServiceView | ActorView;
  const lines = flags.json === true ? [JSON.stringify(view)] : inspectLines(view, output);
  for (const line of lines) output.line(line);
  return ExitCode.OK;
}

/** What is shown of a user, a service or an actor. */
export function inspectLines(view: UserView | ServiceView | ActorView, output: Output): string[] {
  switch (view.kind) {
    case 'user':
      return userLines(view, output);
    case 'service':
      return serviceLines(view, output);
    case 'actor':
      return actorLines(view, output);
  }
}
