/** A state with more fields than these is taken for a table, whose keys may be what users typed. */
const MOST_FIELDS = 16;

/** Names and types of a state's fields, one level deep; never a value. States of one shape have the same text. */
export function stateShape(state: unknown): string {
  if (typeOf(state) !== 'object') return typeOf(state);
  const fields = Object.entries(state as object).sort(([a], [b]) => (a < b ? -1 : 1));
  if (fields.length === 0) return '{}';
  if (fields.length > MOST_FIELDS) return `{ more than ${MOST_FIELDS} fields }`;
  return `{ ${fields.map(([key, value]) => `${key}: ${typeOf(value)}`).join(', ')} }`;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  if (Array.isArray(value)) return 'array';
  const handle: unknown = (value as { $handle?: unknown }).$handle;
  if (typeof handle === 'string') return handle;
  const name = Object.prototype.toString.call(value).slice('[object '.length, -1);
  return name === 'Object' ? 'object' : name;
}
