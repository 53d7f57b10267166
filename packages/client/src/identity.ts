/** A new `client` for HELLO: 16 random bytes in hex, the 32 bytes that the protocol allows. */
export function newClientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
