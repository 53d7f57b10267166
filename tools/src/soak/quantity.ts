const KIB = 1_024;
const MIB = KIB * KIB;

/** Something that must not grow. */
export interface Quantity {
  readonly name: string;
  readonly unit: 'bytes' | 'count';
  /**
   * Growth in an hour that is allowed whatever the level: what a run of half an hour can tell from noise, and less than one object of
   * the smallest size lost at each login, descriptor lost a minute, or record lost at each login would make.
   */
  readonly floor: number;
}

const bytes = (name: string, floor: number): Quantity => ({ name, unit: 'bytes', floor });
const count = (name: string, floor: number): Quantity => ({ name, unit: 'count', floor });

/** In the order in which they are shown. */
export const quantities = {
  // 36,000 logins an hour: 64 bytes lost at each are 2.2 MiB
  heap: bytes('node: heap after a collection', 2 * MIB),
  external: bytes('node: buffers after a collection', MIB),
  // the allocator's own: what it keeps between two sizes comes and goes
  rssAnon: bytes('node: RssAnon', 8 * MIB),
  // beside the sockets of clients, which come and go between two looks
  descriptors: count('node: descriptors beside connections', 12),
  actors: count('node: actors beside sessions', 60),
  mailboxes: count('node: mailboxes in memory', 120),
  file: bytes('store: data file', 2 * MIB),
  used: bytes('store: pages in use', MIB),
  // two new clients a second and more: 8,000 an hour
  clients: count('store: clients of users', 200),
  users: count('store: users', 60),
  others: bytes('other files of the data directory', 256 * KIB),
  parentHeap: bytes('parent: heap after a collection', 512 * KIB),
  parentRssAnon: bytes('parent: RssAnon', 4 * MIB),
  parentDescriptors: count('parent: descriptors', 12),
} as const satisfies Record<string, Quantity>;

export type QuantityName = keyof typeof quantities;
export const quantityNames = Object.keys(quantities) as QuantityName[];

/** One look; what costs the router a collection is not in each. */
export type Sample = Readonly<Partial<Record<QuantityName, number>>>;
