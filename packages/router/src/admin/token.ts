import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the admin token of a data directory lies. */
export function adminTokenFile(data: string): string {
  return join(data, 'admin.token');
}

/** The admin token: made at the first start, readable by the owner only. */
export function adminToken(data: string): string {
  const file = adminTokenFile(data);
  try {
    const token = readFileSync(file, 'utf8').trim();
    if (token !== '') return token;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const token = randomBytes(32).toString('base64url');
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  return token;
}
