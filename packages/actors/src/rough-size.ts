/** Values looked at, at most: what is behind them is not counted. */
const mostValues = 200;

/**
 * About how many bytes a value takes, for a trace: strings by their letters, buffers by their bytes, objects by their fields, each object once. Looks at 200 values at most, so of a large state it is a lower
 * bound. Calls no getter, never throws.
 * @param without objects that belong to somebody else: a mention of them counts, they do not
 */
export function roughSize(value: unknown, ...without: readonly object[]): number {
  const seen = new Set<object>(without);
  const todo: unknown[] = [value];
  let bytes = 0;
  try {
    for (let looked = 0; looked < mostValues && todo.length > 0; looked += 1)
      bytes += sizeOfOne(todo.pop(), seen, todo);
  } catch {
    return bytes; // a proxy whose traps throw must not reach the actor that is traced
  }
  return bytes;
}

/** Its own bytes; what it holds goes to `todo`. */
function sizeOfOne(value: unknown, seen: Set<object>, todo: unknown[]): number {
  if (typeof value === 'string') return 16 + value.length;
  if (typeof value !== 'object' || value === null) return 8;
  if (seen.has(value)) return 8;
  seen.add(value);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return 96 + value.byteLength;
  if (Array.isArray(value)) {
    for (let i = 0; i < Math.min(value.length, mostValues); i += 1) todo.push(value[i]);
    return 32 + 8 * value.length;
  }
  if (value instanceof Map || value instanceof Set) {
    let left = mostValues;
    for (const entry of value.entries()) {
      if (left-- === 0) break;
      todo.push(entry[0], entry[1]);
    }
    return 64 + 24 * value.size;
  }
  const keys = Object.keys(value);
  for (const key of keys.slice(0, mostValues)) todo.push(Object.getOwnPropertyDescriptor(value, key)?.value);
  return 24 + 8 * keys.length;
}
