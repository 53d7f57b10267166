/** Path of the protocol's socket (docs/protocol.md, "Connect"). */
const socketPath = '/v1/socket';

/** The URL that clients connect to. */
export function urlOf(host: string, port: number): string {
  return `ws://${bracketed(host)}:${port}`;
}

/**
 * The socket's URL from what a person typed: `ws://HOST:PORT`, `HOST:PORT`, or the whole of it.
 * Undefined when it is no such URL.
 */
export function socketUrl(text: string): string | undefined {
  const url = parsedUrl(text.includes('://') ? text : `ws://${text}`);
  if (url === undefined || !['ws:', 'wss:'].includes(url.protocol)) return undefined;
  if (url.pathname === '/' || url.pathname === '') url.pathname = socketPath;
  return url.href;
}

/** The admin port's URL, without a slash at its end; undefined when it is none. */
export function adminUrl(text: string): string | undefined {
  const url = parsedUrl(text.includes('://') ? text : `http://${text}`);
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) return undefined;
  return url.href.replace(/\/$/, '');
}

/** An IPv6 address in brackets, as a URL needs it. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function parsedUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
