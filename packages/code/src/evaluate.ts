import nodeModule, { createRequire, isBuiltin } from 'node:module';
import v8 from 'node:v8';

/** What a bundle may `require`, by what it writes: namespaces of the host, as they are. */
export type Requirable = ReadonlyMap<string, object>;

interface HostModule {
  filename: string;
  paths: string[];
  exports: unknown;
  require: (id: string) => unknown;
  _compile(code: string, file: string): void;
}
type HostModuleClass = new (id: string, parent: null) => HostModule;

const hostRequire = createRequire(import.meta.url);

/**
 * The Module of Node itself: within a test runner `node:module` may be the runner's own. `_compile` is the one way to run
 * code whose versions are freed and whose stack traces are mapped (shared/facts: hot code loading).
 */
function hostModule(): HostModuleClass {
  const given = nodeModule as unknown as HostModuleClass;
  if (typeof (given.prototype as Partial<HostModule>)._compile === 'function') return given;
  return process.getBuiltinModule('module') as unknown as HostModuleClass;
}

/**
 * Runs a bundle (CommonJS, from `compile`) in a fresh module that nothing else holds, and returns its exports.
 * @param file absolute, with the version in it; need not be there
 * @throws whatever the module throws while it loads
 */
export function evaluateBundle(code: string, file: string, shared: Requirable): unknown {
  const Module = hostModule();
  const module = new Module(file, null);
  module.filename = file;
  module.paths = [];
  module.require = (id) => {
    const found = namespaces(shared).get(id);
    if (found !== undefined) return found;
    if (id.startsWith('node:') && isBuiltin(id)) return hostRequire(id);
    throw new Error(`a handler module may not require '${id}'`);
  };
  process.setSourceMapsEnabled(true);
  // V8's compilation cache would keep the source of every version until the heap is short.
  v8.setFlagsFromString('--no-compilation-cache');
  try {
    module._compile(code, file);
  } finally {
    v8.setFlagsFromString('--compilation-cache');
  }
  return module.exports;
}

const marked = new WeakMap<Requirable, Map<string, object>>();

/** The same with the mark that lets a default import and named ones both work. */
function namespaces(shared: Requirable): Map<string, object> {
  let all = marked.get(shared);
  if (all === undefined) {
    all = new Map([...shared].map(([id, exports]) => [id, withMark(exports)]));
    marked.set(shared, all);
  }
  return all;
}

function withMark(exports: object): object {
  return Object.assign(Object.create(null) as object, exports, { __esModule: true });
}
