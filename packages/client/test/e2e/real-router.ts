import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

interface Ready {
  readonly port: number;
  readonly adminPort: number;
  readonly pid: number;
}

/** A router in a process of its own, on a directory of its own; needs a build. */
export class RealRouter {
  readonly directory: string;
  private readonly parent: ChildProcess;
  private readonly ready: Ready;

  private constructor(directory: string, parent: ChildProcess, ready: Ready) {
    this.directory = directory;
    this.parent = parent;
    this.ready = ready;
  }

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<RealRouter> {
    const directory = await mkdtemp(join(tmpdir(), 'mailbeam-client-e2e-'));
    const bin = join(import.meta.dirname, '../../../cli/bin/mailbeam.js');
    const args = [bin, 'start', '--port', '0', '--admin-port', '0', '--data', join(directory, 'data'), '--json'];
    const parent = spawn(process.execPath, args, {
      cwd: directory,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    parent.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const lines = createInterface({ input: parent.stdout });
    const ready = await Promise.race([
      once(lines, 'line').then(([line]) => JSON.parse(String(line)) as Ready),
      once(parent, 'exit').then(([code]) => {
        throw new Error(`the router ended with ${String(code)}:\n${log}`);
      }),
    ]);
    return new RealRouter(directory, parent, ready);
  }

  get url(): string {
    return `ws://127.0.0.1:${this.ready.port}`;
  }

  /** Kills the node, not its parent, which starts it again on the same ports. */
  async killNode(): Promise<void> {
    const children = await readFile(`/proc/${this.ready.pid}/task/${this.ready.pid}/children`, 'utf8');
    for (const pid of children.trim().split(' ')) if (pid !== '') process.kill(Number(pid), 'SIGKILL');
  }

  async dispose(): Promise<void> {
    if (this.parent.exitCode === null && this.parent.signalCode === null) {
      this.parent.kill('SIGTERM');
      await once(this.parent, 'exit');
    }
    await rm(this.directory, { recursive: true, force: true });
  }
}
