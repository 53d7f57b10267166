import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FixedPort } from '@mailbeam/tools/ports';
import { Awaited } from '../awaited.js';
import { busyTelemetry } from '../metrics/telemetry-fixture.js';

const isThere = spawnSync('prometheus', ['--version']).error === undefined;
if (!isThere) console.log('notice: no Prometheus here, its tests are skipped');
const describeWithIt = isThere ? describe : describe.skip;

const rules = join(import.meta.dirname, '../../prometheus/rules.yml');

describeWithIt('a real Prometheus', () => {
  const dir = mkdtempSync(join(tmpdir(), 'mailbeam-prometheus-'));
  const telemetry = busyTelemetry({ clearNames: true });
  const scrapes = new Awaited<string>();
  let server: Server;
  let prometheus: ChildProcess;
  let port: FixedPort;
  let url: string;

  beforeAll(async () => {
    // one target has text whatever is asked for
    server = createServer((request, response) => {
      const accept = request.url === '/text' ? undefined : request.headers.accept;
      void telemetry.scrape(accept).then(({ contentType, text }) => {
        response.writeHead(200, { 'content-type': contentType }).end(text);
        response.on('close', () => scrapes.put(`${request.url} ${contentType.split(';')[0]}`));
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    port = await FixedPort.claim();
    url = `http://127.0.0.1:${port.number}`;
    const scrape = (path: string) => `  - job_name: 'mailbeam${path}'
    metrics_path: ${path}
    static_configs: [{ targets: ['${target}'] }]
`;
    const config = `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: ['${rules}']
scrape_configs:
${scrape('/text')}${scrape('/open')}`;
    writeFileSync(join(dir, 'config.yml'), config);
    prometheus = spawn(
      'prometheus',
      [
        `--config.file=${join(dir, 'config.yml')}`,
        `--storage.tsdb.path=${join(dir, 'data')}`,
        `--web.listen-address=${url.slice('http://'.length)}`,
      ],
      { stdio: 'ignore' },
    );
    const ended = new Promise<never>((_, reject) => {
      prometheus.on('exit', (code) => reject(new Error(`prometheus ended with ${code}`)));
    });
    // with the third scrape the first has been stored, of either target
    const seen = new Map<string, number>();
    while ([...seen.values()].filter((n) => n >= 3).length < 2) {
      const which = await Promise.race([scrapes.next(), ended]);
      seen.set(which, (seen.get(which) ?? 0) + 1);
    }
    ended.catch(() => undefined);
    expect([...seen.keys()].sort()).toEqual(['/open application/openmetrics-text', '/text text/plain']);
  }, 60_000);

  afterAll(async () => {
    const ended = new Promise((resolve) => void prometheus.on('exit', resolve));
    prometheus.kill('SIGKILL');
    await ended;
    port.release();
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
    await telemetry.close();
    rmSync(dir, { recursive: true, force: true });
  });

  interface Answer {
    readonly data: {
      readonly result: readonly { readonly metric: Record<string, string>; readonly value: [number, string] }[];
    };
  }

  async function query(expression: string): Promise<string[]> {
    const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const { data } = (await response.json()) as Answer;
    return data.result.map(({ metric, value }) => `${metric['job']} ${value[1]}`).sort();
  }

  test.each([
    ['up', ['1', '1']],
    ['mailbeam_mailbox_top_depth{mailbox="bob"}', ['500', '500']],
    ['mailbeam_mailbox_top_drain_seconds{mailbox="bob"}', ['+Inf', '+Inf']],
    ['mailbeam_accepted_total', ['1000', '1000']],
    ['mailbeam_commit_size_bucket{le=~"64(\\\\.0)?"}', ['3', '3']],
    ['mailbeam_accept_seconds_count', ['5', '5']],
  ])('has %s from both formats', async (expression, values) => {
    expect(await query(expression)).toEqual([`mailbeam/open ${values[0]}`, `mailbeam/text ${values[1]}`]);
  });

  test('has loaded the shipped rules, and each can be evaluated', async () => {
    const response = await fetch(`${url}/api/v1/rules`);
    const { data } = (await response.json()) as {
      readonly data: {
        readonly groups: readonly { readonly rules: readonly { readonly name: string; readonly health: string }[] }[];
      };
    };
    const all = data.groups.flatMap((group) => group.rules);
    expect(all.length).toBe(readFileSync(rules, 'utf8').match(/^ +- alert:/gm)!.length);
    expect(all.filter(({ health }) => health === 'err')).toEqual([]);
  });
});
