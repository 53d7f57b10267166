import { Packr } from 'msgpackr';
import { Scanner } from './scanner.js';

// `encodeUndefinedAsNil`: undefined would be an extension type. 'auto' gives numbers up to 2^53, not BigInts.
const packr = new Packr({
  useRecords: false,
  variableMapSize: true,
  int64AsType: 'auto' as 'number',
  structuredClone: false,
  copyBuffers: true,
  encodeUndefinedAsNil: true,
});

const scan = new Scanner();

/**
 * The bytes of a value for CALL's `args` or REPLY's `result`: nil (also for undefined), bool, numbers, str, bin, arrays and plain objects,
 * nested at most 64 deep (protocol, section 1). Throws TypeError for anything else, a Date or a BigInt beyond 2^53-1 for example.
 */
export function encodeAny(value: unknown): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = packr.pack(value);
  } catch (cause) {
    throw new TypeError('the value cannot be encoded', { cause });
  }
  const fault = faultOf(bytes, 0, bytes.length);
  if (fault !== '') throw new TypeError(`the value does not fit the protocol: ${fault}`);
  return bytes;
}

/**
 * The value in bytes[start, end), which must be exactly one value of the profile of `args` and `result` (protocol,
 * section 1); throws TypeError where it is not. Maps become plain objects, bins copies of their bytes.
 */
export function decodeAny(bytes: Uint8Array, start = 0, end = bytes.length): unknown {
  const fault = faultOf(bytes, start, end);
  if (fault !== '') throw new TypeError(`not a value of the protocol: ${fault}`);
  return packr.unpack(bytes, { start, end });
}

function faultOf(bytes: Uint8Array, start: number, end: number): string {
  scan.open(bytes, start, end);
  if (!scan.skipAny()) return scan.fault;
  return scan.at === end ? '' : 'bytes behind the value';
}
