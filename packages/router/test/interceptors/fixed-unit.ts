import type { Instance, InstanceCursor, ModuleUnit, MoveOutcome, Version } from '@mailbeam/code';
import { defineInterceptor } from '@mailbeam/handler';
import type { InterceptorDefinition } from '@mailbeam/handler';
import { builtIn } from '../../src/built-in.js';
import type { InterceptorVersion } from '../../src/interceptors/part.js';

/** A version of an interceptor, as the code server would have loaded it. */
export function interceptorVersion<S>(
  definition: Omit<InterceptorDefinition<S>, 'version'> & { version?: string },
): InterceptorVersion {
  return builtIn('interceptor', defineInterceptor({ version: '1.0.0', ...definition })) as InterceptorVersion;
}

/** A unit whose version the test sets. */
export class FixedUnit implements ModuleUnit {
  readonly kind = 'interceptor';
  readonly name: string;
  current: Version;

  constructor(current: Version) {
    this.name = current.name;
    this.current = current;
  }

  choose(): Version {
    return this.current;
  }
}

/** Moves every instance of a cursor; what became of each. */
export async function moveAll(cursor: InstanceCursor, to: Version): Promise<MoveOutcome[]> {
  const outcomes: Promise<MoveOutcome>[] = [];
  for (let instance: Instance | undefined = cursor.next(); instance !== undefined; instance = cursor.next()) {
    const one = instance;
    outcomes.push(new Promise((resolve) => one.move(to, resolve)));
  }
  return Promise.all(outcomes);
}
