import * as actors from '@mailbeam/actors';
import type { SharedModules } from '@mailbeam/code';
import * as handler from '@mailbeam/handler';
import * as protocol from '@mailbeam/protocol';
import * as zod from 'zod';

/** What handler modules share with the router, by identity; anything else that they import is bundled with them. */
export function sharedModules(): SharedModules {
  const modules = { '@mailbeam/actors': actors, '@mailbeam/handler': handler, '@mailbeam/protocol': protocol, zod };
  return new Map(Object.entries(modules).map(([name, exports]) => [name, { exports, url: import.meta.resolve(name) }]));
}
