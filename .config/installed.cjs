// Exit 0 when node_modules already holds what package-lock.json asks for (somebody ran npm by hand), so that make need
// not install again. npm keeps what it installed in node_modules/.package-lock.json.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const packagesOf = (file) => JSON.parse(readFileSync(join(root, file), 'utf8')).packages;

function missing() {
  const wanted = packagesOf('package-lock.json');
  const found = packagesOf('node_modules/.package-lock.json');
  return Object.keys(wanted).filter((path) => {
    if (path === '' || wanted[path].optional || wanted[path].devOptional) return false;
    return (
      found[path] === undefined ||
      found[path].version !== wanted[path].version ||
      found[path].integrity !== wanted[path].integrity
    );
  });
}

try {
  process.exitCode = missing().length === 0 ? 0 : 1;
} catch (error) {
  if (error.code !== 'ENOENT') throw error;
  process.exitCode = 1; // Nothing is installed yet.
}
