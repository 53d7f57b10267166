import { types } from 'node:util';

/** What stands in a copied state for what cannot be copied: a port, a pid, a function, a promise. */
export interface Handle {
  /** The name of its class. */
  readonly $handle: string;
}

/**
 * A copy of a state that shares nothing with it and can be sent to a thread: plain data is copied, the same object twice
 * stays the same object twice, and what is no data becomes a {@link Handle}. Calls no getter and throws nothing.
 */
export function copyState(state: unknown): unknown {
  try {
    return copy(state, new Map());
  } catch {
    return { $handle: 'state' } satisfies Handle; // nested too deeply, or a proxy that throws
  }
}

function copy(value: unknown, seen: Map<object, unknown>): unknown {
  if (typeof value === 'function') return handleOf('Function');
  if (typeof value === 'symbol') return handleOf('Symbol');
  if (typeof value !== 'object' || value === null) return value;
  const known = seen.get(value);
  if (known !== undefined) return known;
  const made = container(value);
  seen.set(value, made);
  if (isHandle(made)) return made;
  if (types.isMap(value)) for (const [k, v] of value) (made as Map<unknown, unknown>).set(copy(k, seen), copy(v, seen));
  else if (types.isSet(value)) for (const v of value) (made as Set<unknown>).add(copy(v, seen));
  else if (!isLeaf(value)) copyFields(value, made, seen);
  return made;
}

function copyFields(from: object, to: object, seen: Map<object, unknown>): void {
  for (const key of Object.keys(from)) {
    const field = Object.getOwnPropertyDescriptor(from, key)!;
    const value = 'value' in field ? copy(field.value, seen) : handleOf('getter');
    Object.defineProperty(to, key, { value, enumerable: true, configurable: true, writable: true });
  }
}

const isLeaf = (value: object): boolean =>
  types.isDate(value) || types.isRegExp(value) || types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value);

/** An empty one of the same kind, or the whole copy where it holds no other objects. */
function container(value: object): object {
  if (isLeaf(value)) {
    // A view's copy takes its own bytes only, not the buffer that it looks into.
    if (ArrayBuffer.isView(value)) {
      return structuredClone(value instanceof DataView ? value : (value as Uint8Array).slice());
    }
    return structuredClone(value);
  }
  if (types.isMap(value)) return new Map();
  if (types.isSet(value)) return new Set();
  if (Array.isArray(value)) return [];
  return isPlain(value) ? {} : handleOf(classOf(value));
}

/** Of any realm: its prototype is none, or one that has none itself. */
function isPlain(value: object): boolean {
  if (types.isProxy(value) || types.isPromise(value)) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'toString'));
}

function classOf(value: object): string {
  if (types.isProxy(value)) return 'Proxy';
  const prototype = Object.getPrototypeOf(value) as object;
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'object';
}

const handles = new WeakSet<object>();

function handleOf(name: string): Handle {
  const handle = Object.freeze({ $handle: name });
  handles.add(handle);
  return handle;
}

const isHandle = (value: object): boolean => handles.has(value);
