import { createRequire } from 'node:module';
import { measureSide } from './measure-side.js';
import { nactIdle, nactProgram } from './nact-programs.js';

const { version } = createRequire(import.meta.url)('nact/package.json') as { version: string };

await measureSide({ version: `nact ${version}`, program: nactProgram, idle: nactIdle });
