import type { Telemetry } from '@mailbeam/telemetry';
import { AdminServer } from '../../src/admin/admin-server.js';
import { alertRoutes } from '../../src/admin/alert-routes.js';
import { mailboxRoutes } from '../../src/admin/mailbox-routes.js';
import { metricsRoute } from '../../src/admin/metrics-route.js';
import { configSchema } from '../../src/config/index.js';
import type { ConfigInput } from '../../src/config/index.js';
import type { AlertSettings } from '../../src/telemetry/alert-settings.js';
import { LastLoads } from '../../src/telemetry/last-loads.js';
import { nodeFigures } from '../../src/telemetry/node-figures.js';
import { openTelemetry } from '../../src/telemetry/node-telemetry.js';
import { TestNode } from '../../src/test-kit/test-node.js';
import type { TestNodeOptions } from '../../src/test-kit/test-node.js';

const TOKEN = 'open sesame';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

type Asking = Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> };

/** A node whose clock stands still, with its telemetry and the admin routes of that. */
export class MeasuredNode {
  readonly node: TestNode;
  readonly telemetry: Telemetry;
  readonly loads = new LastLoads();
  /** What an operator changed, as the log is told. */
  readonly changes: string[] = [];
  /** What was to be kept for the next node. */
  readonly kept: AlertSettings[] = [];
  /** Whether that succeeds. */
  keeps = true;
  /** The rules of the configuration. */
  readonly configured: unknown;
  #admin!: AdminServer;

  private constructor(config: ConfigInput, options: TestNodeOptions) {
    this.node = new TestNode(options);
    const { core } = this.node;
    const parsed = configSchema.parse({ privacy: { clearNames: true }, ...config });
    this.configured = parsed.alerts.rules;
    const parts = { key: Buffer.alloc(32, 7), loads: this.loads, connections: () => 2 };
    this.telemetry = openTelemetry(core, parsed, parts);
    core.measureWith(this.telemetry);
  }

  static async start(config: ConfigInput = {}, options: TestNodeOptions = {}): Promise<MeasuredNode> {
    const measured = new MeasuredNode(config, options);
    const { telemetry, node, changes } = measured;
    const wall = (): number => node.clock.wall;
    const routes = [
      metricsRoute(telemetry),
      ...mailboxRoutes({ telemetry, wall, figures: () => nodeFigures(node.core, 2, '0') }),
      ...alertRoutes({
        ...{ telemetry, wall, configured: measured.configured, source: 'configuration' },
        keep: (settings) => {
          measured.kept.push(structuredClone(settings));
          return Promise.resolve(measured.keeps);
        },
        onChange: (text) => void changes.push(text),
      }),
    ];
    measured.#admin = await AdminServer.listen({ host: '127.0.0.1', port: 0, token: TOKEN, routes });
    return measured;
  }

  async ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await this.fetch(path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json' },
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  fetch(path: string, init: Asking = {}): Promise<Response> {
    const url = `http://127.0.0.1:${this.#admin.port}${path}`;
    return fetch(url, { ...init, headers: { authorization: `Bearer ${TOKEN}`, ...init.headers } });
  }

  /** Lets time pass as it does in a node: four ticks a second. */
  async pass(seconds: number, each: () => void = () => undefined): Promise<void> {
    for (let i = 0; i < seconds * 4; i++) {
      if (i % 4 === 0) each();
      await this.node.pass(250);
    }
  }

  async close(): Promise<void> {
    await this.telemetry.close();
    this.#admin.close();
  }
}
