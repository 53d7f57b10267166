import { open } from 'lmdb';
import { tableRow, tableValue } from '../src/table-row.js';

type Row = Record<string, unknown>;

/** Changes the header row of a closed store behind its back, with a checksum that fits; undefined removes it. */
export async function changeHeader(dir: string, change: (header: Row) => Row | undefined): Promise<void> {
  const env = open<Buffer, Buffer>(dir, { encoding: 'binary', maxDbs: 32 });
  const meta = env.openDB<Buffer, Buffer>('meta', { encoding: 'binary', keyEncoding: 'binary' });
  for (const { key, value } of [...meta.getRange({})]) {
    const changed = change(tableValue<Row>(Buffer.from(value), 'meta', key));
    await (changed === undefined ? meta.remove(key) : meta.put(key, tableRow(changed)));
  }
  await env.close();
}
