import type { SessionModule } from '../port/session-shell.js';
import type { ProfileData } from './profiler.js';

/** What the router's own session is called in a profile. */
export function sessionScript({ name, version }: SessionModule): ProfileData['builtIns'] {
  return { [new URL('../behaviours/session.js', import.meta.url).href]: { behaviour: name, version } };
}
