import { isLoopback } from './config/index.js';
import type { Config } from './config/index.js';

/**
 * Whether a web page of `origin` may connect to this router as `host` (the request's own header): one that is on the list,
 * or one from the same host. On loopback that host must have a name of loopback: a page whose own name was made to point
 * to this machine comes with that name (semantics 9.8).
 */
export function allowsOrigin(config: Pick<Config, 'host' | 'auth'>, origin: string, host: string): boolean {
  if (config.auth.origins.includes(origin)) return true;
  const page = parse(origin);
  if (page === undefined || page.host !== host) return false;
  return !isLoopback(config.host) || isLoopback(page.hostname.replace(/^\[|\]$/g, ''));
}

/** Undefined for what is no address, such as the `null` of a sandboxed page. */
function parse(origin: string): URL | undefined {
  try {
    return new URL(origin);
  } catch {
    return undefined;
  }
}
