import type { InterceptorVersion } from './part.js';

/** What went wrong in an interceptor. */
export type InterceptorTrouble =
  | { readonly what: 'crashed'; readonly name: string; readonly version: string; readonly error: unknown }
  | {
      readonly what: 'switched_off';
      readonly name: string;
      readonly version: string;
      readonly overruns: number;
      readonly whenOff: 'pass' | 'reject';
    };

/** What interceptors ask of their node. */
export interface InterceptorHost {
  readonly maxBodyBytes: number;
  readonly maxAttempts: number;
  /** True for a `$service` that runs. */
  hasService(name: string): boolean;
  /** What runs from now on within the callback in hand, for a watchdog; null: the callback itself again. */
  attribute(version: InterceptorVersion | null): void;
  onTrouble(trouble: InterceptorTrouble): void;
}
