import { BRANCH, BadPage, LEAF, OVERFLOW, PAGE, PAGE_HEADER, rootOf } from './data-file.js';
import type { DataFile, Snapshot } from './data-file.js';

/** In the flags of a node: its value has pages of its own; it is a tree. */
const HAS_PAGES = 1;
const IS_TREE = 2;
const NODE_HEADER = 8;
const MOST_LEVELS = 32;

/** What a walk meets: an entry, or what cannot be read. Of what was lost with a page only the page is known. */
export type TreeEntry =
  | {
      readonly key: Buffer;
      /** @throws BadPage */
      readonly value: () => Buffer;
      readonly lost?: undefined;
    }
  | { readonly lost: string };

interface Node {
  readonly flags: number;
  readonly key: Buffer;
  /** Of a leaf: bytes of the value. Of a branch: the page below. */
  readonly size: number;
  readonly page: number;
  readonly data: Buffer;
}

/** The root pages of the named tables. @throws BadPage when the main tree cannot be read */
export function tablesOf(file: DataFile, { root }: Snapshot): Map<string, number | undefined> {
  const tables = new Map<string, number | undefined>();
  if (root === undefined) return tables;
  for (const { flags, key, data } of nodesBelow(file, root, 0))
    if ((flags & IS_TREE) !== 0 && data.length >= 48)
      tables.set(key.toString('latin1').replace(/\0$/, ''), rootOf(data, 0));
  return tables;
}

function* nodesBelow(file: DataFile, number: number, level: number): Iterable<Node> {
  if (level > MOST_LEVELS) throw new BadPage(`page ${number} is below itself`);
  const page = file.read(number, BRANCH | LEAF);
  for (const node of nodesOf(page, number))
    if (isLeaf(page)) yield node;
    else yield* nodesBelow(file, node.page, level + 1);
}

/** The entries of a table in the order of their keys; what cannot be read is told and passed over. */
export function* entriesOf(file: DataFile, root: number | undefined): Iterable<TreeEntry> {
  if (root !== undefined) yield* entriesBelow(file, root, new Set());
}

function* entriesBelow(file: DataFile, number: number, seen: Set<number>): Iterable<TreeEntry> {
  let page;
  let nodes;
  try {
    if (seen.has(number)) throw new BadPage(`page ${number} stands in two places`);
    seen.add(number);
    page = file.read(number, BRANCH | LEAF);
    nodes = nodesOf(page, number);
  } catch (error) {
    if (!(error instanceof BadPage)) throw error;
    yield { lost: error.message };
    return;
  }
  for (const node of nodes)
    if (isLeaf(page)) yield { key: node.key, value: () => valueOf(file, node) };
    else yield* entriesBelow(file, node.page, seen);
}

/** A value with pages of its own: the node has u64 first page, u64 transaction, u64 pages. */
function valueOf(file: DataFile, { flags, data, size }: Node): Buffer {
  if ((flags & HAS_PAGES) === 0) return data;
  const pages = Math.ceil((PAGE_HEADER + size) / PAGE);
  return file.read(Number(data.readBigUInt64LE(0)), OVERFLOW, pages).subarray(PAGE_HEADER, PAGE_HEADER + size);
}

/** @throws BadPage */
function nodesOf(page: Buffer, number: number): Node[] {
  const bytes = page.readUInt16LE(20);
  if (bytes % 2 !== 0 || PAGE_HEADER + bytes > PAGE) throw new BadPage(`page ${number} is damaged`);
  const nodes: Node[] = [];
  for (let i = 0; i < bytes / 2; i++) nodes.push(nodeAt(page, PAGE_HEADER + 2 * i, number));
  return nodes;
}

function nodeAt(page: Buffer, offsetAt: number, number: number): Node {
  const at = PAGE_HEADER + page.readUInt16LE(offsetAt);
  if (at + NODE_HEADER > PAGE) throw new BadPage(`page ${number} is damaged`);
  const low = page.readUInt32LE(at);
  const flags = page.readUInt16LE(at + 4);
  const keyEnd = at + NODE_HEADER + page.readUInt16LE(at + 6);
  const dataBytes = !isLeaf(page) ? 0 : (flags & HAS_PAGES) === 0 ? low : 24;
  if (keyEnd + dataBytes > PAGE) throw new BadPage(`page ${number} is damaged`);
  const key = page.subarray(at + NODE_HEADER, keyEnd);
  return { flags, key, size: low, page: low + flags * 2 ** 32, data: page.subarray(keyEnd, keyEnd + dataBytes) };
}

const isLeaf = (page: Buffer): boolean => (page.readUInt16LE(18) & LEAF) !== 0;
