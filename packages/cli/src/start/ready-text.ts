import path from 'node:path';
import type { Config } from '@mailbeam/router/config';
import type { Output } from '../output.js';
import { bracketed, urlOf } from '../router-address.js';
import type { NodePorts } from './node-supervisor.js';

/** The ready line of `mailbeam start --json`; the process is the parent. */
export function readyJson(ports: NodePorts): string {
  return JSON.stringify({ ready: true, port: ports.port, adminPort: ports.adminPort, pid: process.pid });
}

/** What a person is told when the router is ready, and what to try next. */
export function readyText(config: Config, ports: NodePorts, output: Output): string {
  const url = urlOf(config.host, ports.port);
  const admin = `http://${bracketed(config.admin.host)}:${ports.adminPort}`;
  const flag = ports.port === 4000 ? '' : ` --url ${url}`;
  const adminFlag = ports.adminPort === 4001 ? '' : ` --admin ${admin}`;
  const dataFlag = config.data === path.resolve('data') ? '' : ` --data ${config.data}`;
  return [
    `${output.style('green', 'mailbeam is ready')} at ${output.style('bold', url)}`,
    `  admin ${admin}, data ${config.data}`,
    '',
    'Try next, each in a terminal of its own:',
    `  npx mailbeam chat --as alice --to bob${flag}`,
    `  npx mailbeam chat --as bob --to alice${flag}`,
    `  npx mailbeam status${adminFlag}${dataFlag}`,
    '',
    'Ctrl-C ends the router in good order; messages that wait are kept.',
  ].join('\n');
}
