// A node without a router in it, for tests of the parent: two bare TCP ports, and the faults that FAKE_NODE names.
import { createServer } from 'node:net';
import { appendFileSync } from 'node:fs';
import { runNodeProcess } from '@mailbeam/router/node-process';

const fault = process.env.FAKE_NODE ?? '';
const record = (line) => {
  if (process.env.FAKE_NODE_LOG) appendFileSync(process.env.FAKE_NODE_LOG, `${line}\n`);
};

const listen = (host, port) =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port }, () => resolve(server));
  });

record(`started ${process.pid}`);
if (fault === 'throws at start') throw new Error('no such module');
if (fault === 'dies at start') process.kill(process.pid, 'SIGKILL');

runNodeProcess(async (config, { levels, onLevels, traced, onTraced }) => {
  if (fault === 'is set otherwise') {
    record(`set ${JSON.stringify([levels, traced])}`);
    onLevels({ node: 'as an operator said' });
    onTraced({ sample: 0.5, until: null, usual: 0.5 });
  }
  if (fault === 'refuses')
    throw Object.assign(new Error('the store is locked by process 4711'), { code: 'store_locked' });
  const clients = await listen(config.host, config.port);
  const admin = await listen(config.admin.host, config.admin.port);
  return {
    port: clients.address().port,
    adminPort: admin.address().port,
    drain: () => {
      record('drained');
      if (fault === 'dies while it drains') process.kill(process.pid, 'SIGKILL');
      return fault === 'never drains' ? new Promise(() => setInterval(() => undefined, 1000)) : Promise.resolve();
    },
    close: async () => record('closed'),
  };
});
