import { connect } from '../src/index.js';
import type { Client, ClientEvents, ClientOptions, ClientState } from '../src/index.js';
import { FakeClock } from './fake-clock.js';
import { ScriptedPeer } from './scripted-peer.js';

/** A scripted peer, a fake clock and the clients of one test. */
export class Bench {
  readonly peer: ScriptedPeer;
  readonly clock = new FakeClock();
  private readonly clients: Client[] = [];

  private constructor(peer: ScriptedPeer) {
    this.peer = peer;
  }

  static async make(): Promise<Bench> {
    return new Bench(await ScriptedPeer.listen());
  }

  /** A client of the peer, as alice, with jitter in the middle. */
  connect(options: Partial<ClientOptions> = {}): Client {
    const client = connect({ url: this.peer.url, token: 'alice', clock: this.clock, random: () => 0.5, ...options });
    this.clients.push(client);
    return client;
  }

  async close(): Promise<void> {
    for (const client of this.clients) await client.close();
    await this.peer.close();
  }
}

/** The next event of this name. */
export function nextEvent<Name extends keyof ClientEvents>(client: Client, name: Name): Promise<ClientEvents[Name]> {
  return new Promise((resolve) => {
    const stop = client.on(name, (event) => {
      stop();
      resolve(event);
    });
  });
}

/** Settles when the client is in a state of this name. */
export async function inState<Name extends ClientState['name']>(
  client: Client,
  name: Name,
): Promise<Extract<ClientState, { name: Name }>> {
  while (client.state.name !== name) await nextEvent(client, 'state');
  return client.state as Extract<ClientState, { name: Name }>;
}

/** What a promise rejects with. */
export async function rejection(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('the promise did not reject');
}

/** Lets everything go on that needs no more than a few turns of the event loop. */
export async function turns(count = 5): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise<void>((resolve) => void setImmediate(resolve));
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
