import { mailbeamIdle, mailbeamProgram } from './mailbeam-programs.js';
import { measureSide } from './measure-side.js';

await measureSide({ version: `Node ${process.version}`, program: mailbeamProgram, idle: mailbeamIdle });
