import { types } from 'node:util';
import { CallError, describeIssues, HandlerError } from '@mailbeam/handler';
import type { SchemaResult, ServiceContext, ServiceMethod } from '@mailbeam/handler';
import { decodeAny, encodeAny } from '@mailbeam/protocol';
import type { Reply, ServiceCall } from './service-call.js';
import type { ServiceModule } from './service-version.js';

/** So much of a method's name that does not exist is told back. */
const TOLD_NAME = 64;

/**
 * Has the method of a CALL answer it, or a promise of that.
 * @throws what the method throws, but for its own call errors
 */
export function runCall(
  call: ServiceCall,
  module: ServiceModule,
  state: unknown,
  ctx: ServiceContext,
  maxResultBytes: number,
): Reply | Promise<Reply> {
  const method = methodOf(module, call.method);
  if (method === undefined)
    return refusal('unknown_method', `'${module.name}' has no method '${call.method.slice(0, TOLD_NAME)}'`);
  const checked = check(call, method);
  if (checked.issues !== undefined) return refusal('bad_args', describeIssues(checked.issues));
  const answer = (result: unknown): Reply => ({ ok: true, result: encode(result, maxResultBytes) });
  let result: unknown;
  try {
    result = method.handle(checked.value as never, state, ctx);
  } catch (error) {
    return ownError(error);
  }
  return types.isPromise(result) ? result.then(answer, ownError) : answer(result);
}

function methodOf({ methods }: ServiceModule, name: string): ServiceMethod | undefined {
  return methods !== undefined && Object.hasOwn(methods, name) ? methods[name] : undefined;
}

function check(call: ServiceCall, { schema }: ServiceMethod): SchemaResult<unknown> {
  const checked = schema['~standard'].validate(decodeAny(call.args));
  if (types.isPromise(checked)) throw new TypeError(`the schema of method '${call.method}' is async`);
  return checked;
}

function encode(result: unknown, most: number): Uint8Array {
  const bytes = encodeAny(result);
  if (bytes.length > most)
    throw new HandlerError('too_large', `a result has ${bytes.length} bytes, at most ${most} may go`);
  return bytes;
}

function ownError(error: unknown): Reply {
  if (error instanceof CallError) return refusal(error.code, error.detail);
  throw error;
}

function refusal(code: string, detail: string): Reply {
  return { ok: false, code, detail };
}
