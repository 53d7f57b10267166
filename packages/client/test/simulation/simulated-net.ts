import type { SocketConstructor, SocketLike } from '../../src/index.js';

/** What a server does with a wire. */
export interface NetServer {
  connected(wire: Wire): void;
  received(wire: Wire, bytes: Uint8Array): void;
  gone(wire: Wire): void;
}

/** A connection in memory: bytes travel when the test says so, and are lost when it is cut. */
export class Wire implements SocketLike {
  binaryType = '';
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  private readonly net: SimulatedNet;
  private state: 'dialling' | 'open' | 'closed' = 'dialling';
  private toServer: Uint8Array[] = [];
  private toClient: (Uint8Array | number)[] = [];

  constructor(net: SimulatedNet) {
    this.net = net;
    net.wires.push(this);
  }

  send(data: Uint8Array): void {
    if (this.state === 'open') this.toServer.push(data);
  }

  /**
   * The client closes, or has died: what it sent arrives first. (If it arrived after the HELLO of a later connection, the
   * router would take this one for the newer.)
   */
  close(): void {
    if (this.state === 'closed') return;
    while (this.state === 'open' && this.toServer.length > 0) this.stepUp();
    this.state = 'closed';
    this.toClient = [];
    this.net.remove(this);
  }

  /** The server sends. */
  say(data: Uint8Array): void {
    this.toClient.push(data);
  }

  /** The server closes, behind what it has sent. */
  closeWith(code: number): void {
    this.toClient.push(code);
  }

  /** Lets one thing happen towards the server; false where there is nothing. */
  stepUp(): boolean {
    if (this.state === 'dialling') {
      this.state = 'open';
      this.net.server.connected(this);
      this.call(this.onopen, {});
      return true;
    }
    const data = this.toServer.shift();
    if (data === undefined) return false;
    this.net.server.received(this, data);
    return true;
  }

  /** Lets one thing happen towards the client; false where there is nothing. */
  stepDown(): boolean {
    const data = this.toClient.shift();
    if (data === undefined) return false;
    if (typeof data === 'number') this.end(data);
    else this.call(this.onmessage, { data });
    return true;
  }

  /** Everything under way is lost; the client is told. */
  cut(): void {
    this.toServer = [];
    this.end(1006);
  }

  private end(code: number): void {
    const told = this.state !== 'closed';
    this.state = 'closed';
    this.toClient = [];
    this.net.remove(this);
    if (told) this.call(this.onclose, { code, reason: '' });
  }

  private call(listener: ((event: never) => void) | null, event: object): void {
    listener?.(event as never);
  }
}

/** All wires to one server. */
export class SimulatedNet {
  readonly wires: Wire[] = [];
  readonly server: NetServer;

  constructor(server: NetServer) {
    this.server = server;
  }

  /** A constructor of sockets for one client; `made` is told of each. */
  socketConstructor(made: (wire: Wire) => void): SocketConstructor {
    const { wire } = this;
    return class {
      constructor() {
        const socket = wire();
        made(socket);
        // A constructor may answer another object: the wire itself is the socket.
        return socket;
      }
    } as unknown as SocketConstructor;
  }

  remove(wire: Wire): void {
    const at = this.wires.indexOf(wire);
    if (at < 0) return;
    this.wires.splice(at, 1);
    this.server.gone(wire);
  }

  private readonly wire = (): Wire => new Wire(this);
}
