#!/usr/bin/env node
import { existsSync } from 'node:fs';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 15)) {
  process.stderr.write(`mailbeam: needs Node 20.15 or newer, this is ${process.versions.node}\n`);
  process.exit(1);
}
const main = new URL('../dist/main.js', import.meta.url);
if (!existsSync(main)) {
  process.stderr.write('mailbeam: not built yet: run `make build` in the checkout first\n');
  process.exit(1);
}
await import(main.href);
