import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FixedPort } from '@mailbeam/tools/ports';
import { WebHook } from './web-hook.js';

const shippedRules = join(import.meta.dirname, '../../../telemetry/prometheus/rules.yml');

const isThere = (name: string): boolean => spawnSync(name, ['--version']).error === undefined;
const alertmanagerProgram = ['prometheus-alertmanager', 'alertmanager'].find(isThere);

/** Whether Prometheus and Alertmanager are installed here. */
export const hasMonitoring = alertmanagerProgram !== undefined && isThere('prometheus');

/** What an alert is known by where it arrives. */
export interface ArrivedAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Ports {
  readonly alertmanager: FixedPort;
  readonly prometheus: FixedPort;
}

/** A real Prometheus with the shipped rules and a real Alertmanager, which tells a webhook what arrives. */
export class Monitoring {
  readonly alertmanagerUrl: string;
  readonly #dir: string;
  readonly #receiver: WebHook;
  readonly #alertmanager: ChildProcess;
  readonly #ports: Ports;
  #prometheus: ChildProcess | undefined;
  readonly #arrived: ArrivedAlert[] = [];
  readonly #waiting: (() => void)[] = [];

  private constructor(dir: string, receiver: WebHook, alertmanager: ChildProcess, ports: Ports) {
    this.#dir = dir;
    this.#receiver = receiver;
    this.#alertmanager = alertmanager;
    this.#ports = ports;
    this.alertmanagerUrl = `http://127.0.0.1:${ports.alertmanager.number}`;
    void this.#take();
  }

  static async start(): Promise<Monitoring> {
    const dir = mkdtempSync(join(tmpdir(), 'mailbeam-monitoring-'));
    const receiver = await WebHook.open();
    const config = join(dir, 'alertmanager.yml');
    writeFileSync(
      config,
      `route: { receiver: hook, group_by: [alertname, mailbox], group_wait: 100ms, group_interval: 100ms, repeat_interval: 1h }
receivers: [{ name: hook, webhook_configs: [{ url: '${receiver.url}/hook', send_resolved: true }] }]
`,
    );
    const ports = { alertmanager: await FixedPort.claim(), prometheus: await FixedPort.claim() };
    const address = `127.0.0.1:${ports.alertmanager.number}`;
    const flags = [`--config.file=${config}`, `--storage.path=${join(dir, 'alertmanager')}`];
    const alertmanager = spawn(
      alertmanagerProgram!,
      [...flags, `--web.listen-address=${address}`, '--cluster.listen-address='],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    await saying(alertmanager, 'Listening on');
    return new Monitoring(dir, receiver, alertmanager, ports);
  }

  /** Has Prometheus scrape a router each second. An alert of the shipped rules that keeps firing does so for `keepSeconds`. */
  async watch(adminPort: number, keepSeconds: number): Promise<void> {
    const rules = join(this.#dir, 'rules.yml');
    const shipped = readFileSync(shippedRules, 'utf8');
    writeFileSync(rules, shipped.replaceAll(/keep_firing_for: \d+s/g, `keep_firing_for: ${keepSeconds}s`));
    const config = join(this.#dir, 'prometheus.yml');
    const target = (port: string): string => `static_configs: [{ targets: ['${port}'] }]`;
    writeFileSync(
      config,
      `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: ['${rules}']
alerting: { alertmanagers: [{ ${target(new URL(this.alertmanagerUrl).host)} }] }
scrape_configs: [{ job_name: mailbeam, ${target(`127.0.0.1:${adminPort}`)} }]
`,
    );
    const flags = [`--config.file=${config}`, `--storage.tsdb.path=${join(this.#dir, 'prometheus')}`];
    const address = `127.0.0.1:${this.#ports.prometheus.number}`;
    this.#prometheus = spawn('prometheus', [...flags, `--web.listen-address=${address}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await saying(this.#prometheus, 'ready to receive web requests');
  }

  /** The first alert that has arrived, or arrives, that is so; each is taken once. */
  async arrival(isSo: (alert: ArrivedAlert) => boolean): Promise<ArrivedAlert> {
    for (;;) {
      const at = this.#arrived.findIndex(isSo);
      if (at >= 0) return this.#arrived.splice(at, 1)[0]!;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async #take(): Promise<never> {
    for (;;) {
      const body = await this.#receiver.next();
      this.#arrived.push(...(body as { readonly alerts: readonly ArrivedAlert[] }).alerts);
      for (const look of this.#waiting.splice(0)) look();
    }
  }

  async stop(): Promise<void> {
    for (const child of [this.#prometheus, this.#alertmanager]) if (child !== undefined) await killed(child);
    for (const port of [this.#ports.alertmanager, this.#ports.prometheus]) port.release();
    await this.#receiver.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

async function saying(child: ChildProcess, words: string): Promise<void> {
  let text = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr!.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes(words)) resolve();
    });
    child.once('exit', () => reject(new Error(text)));
  });
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => void child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
