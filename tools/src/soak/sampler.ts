import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { childrenOf } from '../crash/child-processes.js';
import type { StartedRouter } from '../swap/started-router.js';
import type { AdminClient } from '../swap/admin-client.js';
import type { HeapProbe } from './heap-probe.js';
import type { Sample } from './quantity.js';

/** The parts of /status that are looked at. */
interface StatusPage {
  readonly pid: number;
  readonly connections: number;
  readonly actors: number;
  readonly mailboxesInMemory: number;
  readonly store: {
    readonly fileBytes: number;
    readonly usedBytes: number;
    readonly clients: number;
    readonly users: number;
  };
}

/** Looks at a router and its parent, from outside. */
export class Sampler {
  readonly #router: StartedRouter;
  readonly #admin: AdminClient;
  readonly #probe: HeapProbe;
  #nodePid = 0;

  constructor(router: StartedRouter, admin: AdminClient, probe: HeapProbe) {
    this.#router = router;
    this.#admin = admin;
    this.#probe = probe;
  }

  /**
   * @param collects also what there is after a collection, which promotes what is young and so changes what the next looks see
   * @throws when the node is another than before: it has died
   */
  async take(collects: boolean): Promise<Sample> {
    const parent = this.#router.pid;
    const status = (await this.#admin.page('/status')) as StatusPage;
    const { pid, connections, actors, mailboxesInMemory, store } = status;
    this.#nodePid ||= pid;
    if (pid !== this.#nodePid || childrenOf(parent)[0] !== pid) throw new Error('the node has died');
    const descriptors = descriptorsOf(pid) - connections;
    const rssAnon = rssAnonOf(pid);
    const parentRssAnon = rssAnonOf(parent);
    return {
      ...(collects && (await this.#live(pid, parent))),
      rssAnon,
      descriptors,
      // one session a connection
      actors: actors - connections,
      mailboxes: mailboxesInMemory,
      file: store.fileBytes,
      used: store.usedBytes,
      clients: store.clients,
      users: store.users,
      others: otherFilesOf(this.#router.data),
      parentRssAnon,
      parentDescriptors: descriptorsOf(parent),
    };
  }

  async #live(pid: number, parent: number): Promise<Sample> {
    const node = await this.#probe.read(pid);
    const above = await this.#probe.read(parent);
    return { heap: node.heapUsed, external: node.external, parentHeap: above.heapUsed };
  }
}

const descriptorsOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

function rssAnonOf(pid: number): number {
  const [, kilobytes = '0'] = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1_024;
}

/** Bytes of everything in the directory but LMDB's own files, and the activity recorder's, which is a ring that fills up in a day. */
function otherFilesOf(directory: string): number {
  let sum = 0;
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || /\.(?:mdb|rec)$/.test(entry.name)) continue;
    // what is written anew goes by another name for a moment
    sum += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return sum;
}
