import type { InterceptorVerdict } from '@mailbeam/handler';
import type { Rejection } from '../mailbox/request.js';
import type { InterceptorHost } from './interceptor-host.js';
import type { SeenEnvelope } from './seen-envelope.js';

/** What an interceptor may reject with. */
const codes = new Set(['forbidden', 'invalid', 'overloaded', 'rate_limited', 'too_large', 'unavailable']);

/**
 * Does to an envelope what an interceptor has decided; returns its rejection.
 * @throws TypeError, RangeError for a verdict that is none
 */
export function applyVerdict(
  verdict: InterceptorVerdict | undefined | void,
  envelope: SeenEnvelope,
  host: Pick<InterceptorHost, 'maxBodyBytes' | 'hasService'>,
): Rejection | undefined {
  if (verdict === undefined || verdict === null) return undefined;
  switch (verdict.action) {
    case 'pass':
      if (verdict.tell !== undefined) envelope.tell(verdict.tell);
      return undefined;
    case 'change':
      envelope.change(verdict.body, host.maxBodyBytes);
      return undefined;
    case 'divert':
      envelope.divert(verdict.to, (name) => host.hasService(name));
      return undefined;
    case 'reject':
      if (!codes.has(verdict.code)) throw new TypeError(`an interceptor may not reject with '${verdict.code}'`);
      return { code: verdict.code, detail: verdict.detail ?? '', retryAfterMs: verdict.retryAfterMs ?? 0 };
    default:
      throw new TypeError('intercept returns pass(), tell(), change(), reject(), divert(), or nothing');
  }
}
