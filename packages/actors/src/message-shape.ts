const mostKeys = 12;
const longestKey = 32;

function shapeOfValue(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return `string(${value.length})`;
  if (typeof value !== 'object') return typeof value;
  if (Array.isArray(value)) return `array(${value.length})`;
  if (ArrayBuffer.isView(value)) return `bytes(${value.byteLength})`;
  return 'object';
}

/** An object with a method under this key is shown as what that returns: a message that carries the host's own book-keeping. */
export const shownAs: unique symbol = Symbol.for('@mailbeam/actors shownAs');

/**
 * A message's shape in one line for a crash report: the names of its own fields and their types and lengths. Never a value, and no
 * names below the first level (deeper objects may be keyed by what users typed). Never throws, calls no getter.
 * @example shapeOf({ type: 'deliver', body: new Uint8Array(3) }) // '{ type: string(7), body: bytes(3) }'
 */
export function shapeOf(given: unknown): string {
  try {
    const message = substituteOf(given);
    if (message === null || typeof message !== 'object' || Array.isArray(message) || ArrayBuffer.isView(message))
      return shapeOfValue(message);
    if (message instanceof Map || message instanceof Set) return `collection(${message.size})`;
    const fields = Object.entries(Object.getOwnPropertyDescriptors(message));
    const shown = fields
      .slice(0, mostKeys)
      .map(
        ([key, field]) =>
          `${key.length <= longestKey ? key : `${key.length} letters`}: ${field.get ? 'getter' : shapeOfValue(field.value)}`,
      );
    if (fields.length > mostKeys) shown.push(`${fields.length - mostKeys} more`);
    return shown.length === 0 ? '{}' : `{ ${shown.join(', ')} }`;
  } catch {
    return 'a message that cannot be shown'; // a proxy whose traps throw must not hide the crash that is being reported
  }
}

function substituteOf(given: unknown): unknown {
  if (given === null || typeof given !== 'object' || !(shownAs in given)) return given;
  const show = given[shownAs];
  return typeof show === 'function' ? (show as () => unknown).call(given) : given;
}
