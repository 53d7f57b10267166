/**
 * Bodies of the crash test: a message carries a number that no other message has, and bytes that follow from it.
 *
 *     0        4                    length
 *     | id u32 | (id + 31 i) & 255 ... |
 */
export const bodyHeaderBytes = 4;

export function makeBody(id: number, length: number): Uint8Array {
  const body = new Uint8Array(Math.max(length, bodyHeaderBytes));
  new DataView(body.buffer).setUint32(0, id);
  for (let i = bodyHeaderBytes; i < body.length; i++) body[i] = id + 31 * i;
  return body;
}

/** The id in bytes[start, end), or -1 when these are not bytes that {@link makeBody} made. */
export function readBody(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < bodyHeaderBytes) return -1;
  const id = new DataView(bytes.buffer, bytes.byteOffset + start).getUint32(0);
  for (let i = bodyHeaderBytes; i < end - start; i++) if (bytes[start + i] !== ((id + 31 * i) & 255)) return -1;
  return id;
}
