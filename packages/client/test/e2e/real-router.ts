import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { RouterPorts } from '@mailbeam/tools/ports';

/** A router in a process of its own, on a directory of its own; needs a build. */
export class RealRouter {
  readonly directory: string;
  private readonly parent: ChildProcess;
  private readonly ports: RouterPorts;

  private constructor(directory: string, ports: RouterPorts, parent: ChildProcess) {
    this.directory = directory;
    this.ports = ports;
    this.parent = parent;
  }

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<RealRouter> {
    const directory = await mkdtemp(join(tmpdir(), 'mailbeam-client-e2e-'));
    const bin = join(import.meta.dirname, '../../../cli/bin/mailbeam.js');
    const ports = await RouterPorts.claim();
    const args = [bin, 'start', ...ports.flags, '--data', join(directory, 'data'), '--json'];
    const parent = spawn(process.execPath, args, {
      cwd: directory,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    parent.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const lines = createInterface({ input: parent.stdout });
    await Promise.race([
      once(lines, 'line'),
      once(parent, 'exit').then(([code]) => {
        throw new Error(`the router ended with ${String(code)}:\n${log}`);
      }),
    ]);
    return new RealRouter(directory, ports, parent);
  }

  get url(): string {
    return `ws://127.0.0.1:${this.ports.port}`;
  }

  /** Kills the node, not its parent, which starts it again on the same ports. */
  async killNode(): Promise<void> {
    const pid = String(this.parent.pid);
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    for (const child of children.split(' ').filter(Boolean)) process.kill(Number(child), 'SIGKILL');
  }

  async dispose(): Promise<void> {
    if (this.parent.exitCode === null && this.parent.signalCode === null) {
      this.parent.kill('SIGTERM');
      await once(this.parent, 'exit');
    }
    this.ports.release();
    await rm(this.directory, { recursive: true, force: true });
  }
}
