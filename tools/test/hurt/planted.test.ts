import { expect, test } from '@jest/globals';
import type { Mutation } from '../../src/mutant.js';
import { stormMutant } from './run-storm.js';

// Each runs in processes of its own, and nothing is measured: two at a time (`maxConcurrency`).

interface Planted {
  readonly router: string;
  readonly mutations: readonly Mutation[];
  readonly storm: string;
  readonly flags: readonly string[];
  readonly complaints: readonly (string | RegExp)[];
}

const dist = (file: string): string => `packages/router/dist/${file}`;
const [admission, core, uws] = [dist('admission.js'), dist('core.js'), dist('socket/uws.js')];
const [mailbox, handOut] = [dist('mailbox/mailbox.js'), dist('mailbox/hand-out.js')];

/** 600 people who come back in one moment. */
const rush = { storm: 'return', flags: ['--people', '600'] } as const;
const rushOfMoreThanMayWait = { storm: 'return', flags: ['--people', '600', '--hellos-waiting', '50'] } as const;

const returns: readonly Planted[] = [
  {
    router: 'lets everybody in at once',
    ...rush,
    mutations: [{ file: admission, find: 'LOGINS_A_TURN = 32;', replace: 'LOGINS_A_TURN = Infinity;' }],
    complaints: [/not so: \d+ were let in in one turn/],
  },
  {
    router: 'lets any number wait',
    ...rushOfMoreThanMayWait,
    mutations: [{ file: admission, find: 'this.#waiting.length >= this.#most', replace: 'false' }],
    complaints: ['not so: 0 were told to come back where 50 may wait'],
  },
  {
    router: 'turns clients away in silence',
    ...rushOfMoreThanMayWait,
    mutations: [
      { file: admission, find: "port.out().goodbye('overloaded'", replace: "((..._) => undefined)('overloaded'" },
    ],
    complaints: ['were turned away and not told when to come back'],
  },
  {
    router: 'tells all to come back at once',
    ...rushOfMoreThanMayWait,
    mutations: [{ file: admission, find: 'RETRY_SPREAD_MS = 4_000', replace: 'RETRY_SPREAD_MS = 0' }],
    complaints: ['were told to come back at the same time'],
  },
  {
    router: 'takes what was on its way to who is cut for acked, and says at once who is away',
    ...rush,
    mutations: [
      {
        file: mailbox,
        find: 'this.#handOut = null;\n        this.#host.meter.detached(this);',
        replace:
          'this.lost = this.#handOut.handedUpTo; this.#handOut = null;\n        this.#host.meter.detached(this);',
      },
      {
        file: mailbox,
        find: 'meter, this.#erasures?.ackedUpTo ?? 0,',
        replace: 'meter, this.lost ?? this.#erasures?.ackedUpTo ?? 0,',
      },
      { file: dist('presence.js'), find: 'this.#clock.mono + this.#awayMs', replace: 'this.#clock.mono' },
    ],
    complaints: ['not so: everybody stays, and has what was on its way', 'were said to be away who were soon back'],
  },
  {
    router: 'leaves the connection before open',
    ...rush,
    mutations: [
      { file: dist('login.js'), find: "mailbox.outlet.close(CloseCode.REPLACED, 'replaced');", replace: ';' },
    ],
    complaints: ['not so: the connection before is replaced'],
  },
];

/** A few of one kind, as fast as it goes, and others are not measured. */
const hostile = (torments: readonly string[], ...flags: readonly string[]): Pick<Planted, 'storm' | 'flags'> => ({
  storm: 'hostile',
  flags: ['--torments', ...torments, '--pairs', '0', '--peers', '4', '--settle-ms', '3000', ...flags],
});

const peers: readonly Planted[] = [
  {
    router: 'goes on writing to who does not read',
    ...hostile(['no-reading']),
    mutations: [
      {
        file: dist('port/port.js'),
        find: 'if (this.stalledAt === 0 && this.socket.bufferedBytes > this.limits.backpressureBytes) {',
        replace: 'if (false) {',
      },
    ],
    complaints: ['not so: one that does not read is closed'],
  },
  {
    router: 'knows no window',
    ...hostile(['no-acks'], '--messages-each', '100'),
    mutations: [
      { file: dist('port/in-flight.js'), find: 'return this.#length() < this.window;', replace: 'return true;' },
    ],
    complaints: ['not so: who does not ack gets its window and no more'],
  },
  {
    router: 'keeps in memory what waits for who does not ack, knows no quota, and keeps any number of receipts',
    ...hostile(['no-acks', 'no-receipts']),
    mutations: [
      {
        file: handOut,
        find: '(this.#ready.length < READY_MESSAGES && this.#readyBytes < READY_BYTES)',
        replace: 'true',
      },
      { file: mailbox, find: 'if (this.#overQuota(', replace: 'if (false && (' },
      { file: dist('behaviours/session.js'), find: 'port.receiptsWaiting > port.limits.receipts', replace: 'false' },
    ],
    complaints: [
      'not so: memory in use has grown',
      'not so: a full mailbox takes no more',
      'not so: who takes no receipts may send no more',
    ],
  },
  {
    router: 'gives a HELLO all the time it wants',
    ...hostile(['no-hello']),
    mutations: [
      { file: dist('port/connections.js'), find: 'if (now - port.openedAt < helloTimeoutMs)', replace: 'if (true)' },
    ],
    complaints: [
      'not so: a connection without a HELLO is closed: not yet',
      'not so: a HELLO of one byte a second is closed: not yet',
    ],
  },
  {
    router: 'lets any number connect, and does not end their sessions',
    ...hostile(['visits'], '--opens', '100', '--settle-ms', '1000'),
    mutations: [
      { file: uws, find: 'connections >= options.maxConnections', replace: 'false' },
      { file: core, find: 'this.sessions.end(port);', replace: '' },
    ],
    complaints: ['not so: 0 are refused of 20 beyond limits.connections', 'never so: nothing is left of them'],
  },
  {
    router: 'keeps something of who has gone',
    ...hostile(['visits'], '--opens', '6000', '--settle-ms', '1000'),
    mutations: [
      // a port, and a KiB
      {
        file: core,
        find: 'this.#connections.closed(port);',
        replace: '(globalThis.gone ??= []).push(port, Array.from({ length: 128 }, Math.random));',
      },
    ],
    complaints: ['not so: memory in use has grown'],
  },
  {
    router: 'counts who has gone',
    ...hostile(['visits'], '--opens', '1000'),
    mutations: [{ file: uws, find: 'connections--;', replace: '' }],
    complaints: ['FAILED: upgrade refused with HTTP 503'],
  },
];

/** A front that waits for the rest of an upgrade as long as it takes: uWebSockets.js, behind it, never sees half of one. */
const patientFront = `app.listen.call(app, '127.0.0.1', 0, EXCLUSIVE, (behind) => {
  const { connect, createServer } = process.getBuiltinModule('node:net');
  const front = createServer((client) => {
    let head = Buffer.alloc(0);
    client.on('error', () => undefined).on('data', function read(bytes) {
      head = Buffer.concat([head, bytes]);
      if (!head.includes('\\r\\n\\r\\n')) return;
      client.off('data', read);
      const server = connect(uws.us_socket_local_port(behind), '127.0.0.1');
      server.on('error', () => undefined).on('close', () => client.destroy()).write(head);
      client.on('close', () => server.destroy()).pipe(server).pipe(client);
    });
  });
  front.listen(options.port, options.host, () => resolve(behind));
});`;

/** Those that take long, because uWebSockets.js closes half an upgrade after some ten seconds: `make planted-test` alone. */
const long: readonly Planted[] = [
  {
    router: 'gives an upgrade all the time it wants',
    ...hostile(['half-upgrade'], '--settle-ms', '20000'),
    mutations: [
      {
        file: uws,
        find: 'app.listen.call(app, options.host, options.port, EXCLUSIVE, resolve);',
        replace: patientFront,
      },
    ],
    complaints: ['not so: half an upgrade is closed: not yet'],
  },
];

const others: readonly Planted[] = [
  {
    router: 'waits by the wall clock',
    storm: 'clock',
    flags: [],
    mutations: [
      { file: dist('clock.js'), find: 'this.mono = performance.now() + 1;', replace: 'this.mono = this.wall;' },
    ],
    complaints: ['FAILED: not so: a connection that has said no HELLO yet has its time'],
  },
  ...[
    { storm: 'deep', complaint: 'FAILED: not so: messages of the deep mailbox stop coming' },
    { storm: 'fan-in', complaint: /FAILED: not so: \d+ accepted, \d+ delivered/ },
  ].map(({ storm, complaint }) => ({
    router: `loses one of many (${storm})`,
    storm,
    flags: [],
    mutations: [
      {
        file: handOut,
        find: 'outlet.deliver(message);',
        replace: 'if (message.cid % 100 !== 99) outlet.deliver(message);',
      },
    ],
    complaints: [complaint],
  })),
];

test.concurrent.each([...returns, ...peers, ...others, ...(process.env.PLANTED === 'all' ? long : [])])(
  'a router that $router is found',
  async ({ mutations, storm, flags, complaints }) => {
    const { text } = await stormMutant(mutations, storm, flags);
    for (const complaint of complaints) expect(text).toMatch(complaint);
  },
  120_000,
);
