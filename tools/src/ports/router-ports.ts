import { FixedPort } from './fixed-port.js';

/** The two ports of a router that is started for a test: they stay its own while it is down, too. */
export class RouterPorts {
  readonly #clients: FixedPort;
  readonly #operators: FixedPort;

  private constructor(clients: FixedPort, operators: FixedPort) {
    this.#clients = clients;
    this.#operators = operators;
  }

  static async claim(): Promise<RouterPorts> {
    return new RouterPorts(await FixedPort.claim(), await FixedPort.claim());
  }

  get port(): number {
    return this.#clients.number;
  }

  get adminPort(): number {
    return this.#operators.number;
  }

  /** What `mailbeam start` is told. */
  get flags(): readonly string[] {
    return ['--port', String(this.port), '--admin-port', String(this.adminPort)];
  }

  /** Once the router is not started any more. */
  release(): void {
    this.#clients.release();
    this.#operators.release();
  }
}
