import { createHash } from 'node:crypto';

/** SHA-256 of some bytes, hex. */
export const digestOf = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** One hash of many sources: of their paths and digests, in the order of the paths. */
export function hashOfSources(digests: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const [path, digest] of [...digests].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${path}\0${digest}\n`);
  return hash.digest('hex');
}
