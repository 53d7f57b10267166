// Adds to package-lock.json the packages for other platforms that npm left out, because the registry it was made with does
// not carry them; `npm ci` refuses a lock file without them. They get no integrity hash: what was never seen has none.
// Run it after `npm install` where tools/test/house/root.test.ts says so: node .config/complete-lock.mjs
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64', 'wasm32'];

/** Reads `os`, `cpu` and `libc` from a name such as `@swc/core-linux-arm64-gnu`. */
function platformOf(name) {
  const words = name.split('/').at(-1).split('-');
  const os = systems.find((system) => words.includes(system));
  const cpu = processors.find((processor) => words.includes(processor));
  const libc = words.some((word) => word.startsWith('musl')) ? 'musl' : 'glibc';
  if (os === undefined || cpu === undefined) throw new Error(`${name}: cannot tell its platform by its name`);
  return { cpu: [cpu], ...(os === 'linux' ? { libc: [libc] } : {}), os: [os] };
}

for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const inside = `${path}/node_modules/${name}`;
    const beside = `node_modules/${name}`;
    if (lock.packages[inside] || lock.packages[beside]) continue;
    const { dev } = entry;
    lock.packages[beside] = { version, ...platformOf(name), ...(dev ? { dev } : {}), optional: true };
    console.log(`added ${name}@${version}`);
  }
}

const [root, ...others] = Object.entries(lock.packages);
others.sort(([one], [other]) => one.localeCompare(other, 'en'));
lock.packages = Object.fromEntries([root, ...others]);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
