import { z } from 'zod';
import { alertsSchema, telemetrySchema, tracesSchema } from './telemetry-schema.js';

/**
 * Every option of a router: type, default, range, unit and meaning, written here and in
 * telemetry-schema.ts, and nowhere else. The files, the
 * environment, the flags, `mailbeam config` and docs/configuration.md all read this schema.
 */

const hostPattern = /^[A-Za-z0-9.:_-]+$/;

const host = (): z.ZodString => z.string().regex(hostPattern);
const port = (): z.ZodNumber => z.int().min(0).max(65_535);

const isOrigin = (text: string): boolean => {
  try {
    return new URL(text).origin === text;
  } catch {
    return false;
  }
};

const admin = z.strictObject({
  host: host().default('127.0.0.1').meta({
    description: 'Address the admin port binds. Whoever reaches it and has the token may do anything.',
    allowed: 'a host name or an IP address',
  }),
  port: port()
    .default(4001)
    .meta({ unit: 'TCP port', description: 'Port of the admin interface; 0 takes a free one.' }),
});

const auth = z.strictObject({
  mode: z.enum(['open']).default('open').meta({
    description:
      'How a HELLO proves who it is. `open` takes the token as the name of the user: for development only, and refused on any address but loopback.',
  }),
  origins: z.array(z.string().refine(isOrigin)).default([]).meta({
    description:
      'Origins of web pages that may connect, besides pages from the same host and port as the router. What sends no `Origin` is no browser, and is let in.',
    allowed: 'a list of origins such as https://chat.example.org (scheme, host and port, no path)',
  }),
});

const limits = z.strictObject({
  maxMessageBytes: z.int().min(8_192).max(16_777_216).default(262_144).meta({
    unit: 'bytes',
    description:
      'Largest WebSocket message, both ways; a larger one closes with 1009. The largest body is 1,024 bytes less.',
  }),
  sendWindow: z
    .int()
    .min(1)
    .max(4_096)
    .default(256)
    .meta({ unit: 'SENDs and READs', description: 'Most unanswered SENDs and READs of one connection.' }),
  rate: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(0)
    .meta({ unit: 'a second', description: 'Most SENDs and READs a second of one connection; 0 = no limit.' }),
  watch: z
    .int()
    .min(0)
    .max(100_000)
    .default(1_000)
    .meta({ unit: 'users', description: 'Most users that one connection may watch.' }),
  connections: z.int().min(0).max(10_000_000).default(0).meta({
    unit: 'connections',
    description:
      'Most connections; one more gets HTTP 503. 0 = the descriptor limit of the process less 500, which is also the most that can be asked for.',
  }),
  hellosWaiting: z.int().min(0).max(1_000_000).default(20_000).meta({
    unit: 'connections',
    description:
      'Most clients that wait for their turn to log in; one more gets GOODBYE, which says when to come back.',
  }),
  mailboxMessages: z
    .int()
    .min(1)
    .max(1_000_000_000)
    .default(100_000)
    .meta({ unit: 'messages', description: 'Quota of a mailbox: past it senders get `mailbox_full`.' }),
  mailboxBytes: z
    .int()
    .min(1)
    .max(1_099_511_627_776)
    .default(67_108_864)
    .meta({ unit: 'bytes', description: 'Quota of a mailbox in bytes of bodies: past it senders get `mailbox_full`.' }),
  receipts: z.int().min(1).max(10_000_000).default(10_000).meta({
    unit: 'receipts',
    description: 'A user whose mailbox holds more receipts gets `overloaded` for its SENDs until it has taken some.',
  }),
  window: z.int().min(1).max(4_096).default(4_096).meta({
    unit: 'entries',
    description: 'Most unacked entries of one connection, however large a window its HELLO asks for.',
  }),
  inflightBytes: z.int().min(8_192).max(1_073_741_824).default(4_194_304).meta({
    unit: 'bytes',
    description: 'Most bytes of bodies sent to one connection and not yet acked. Not below limits.maxMessageBytes.',
  }),
});

const privacy = z.strictObject({
  clearNames: z.boolean().default(false).meta({
    description: 'Show names of users in logs and metrics instead of pseudonyms.',
    defaultNote: 'true in auth.mode open, else false',
  }),
});

const restart = z.strictObject({
  intensity: z.int().min(0).max(1_000_000).default(10).meta({
    unit: 'restarts',
    description:
      'How often a node that died is started again within restart.periodMs; one death more and `mailbeam start` gives up.',
  }),
  periodMs: z
    .int()
    .min(1)
    .max(86_400_000)
    .default(60_000)
    .meta({ unit: 'ms', description: 'The period of restart.intensity.' }),
  delayMs: z.int().min(0).max(60_000).default(100).meta({
    unit: 'ms',
    description: 'Wait before the second restart of a period; it doubles with each one more. The first has no wait.',
  }),
  maxDelayMs: z
    .int()
    .min(0)
    .max(600_000)
    .default(5_000)
    .meta({ unit: 'ms', description: 'Longest wait before a restart.' }),
});

const watchdog = z.strictObject({
  limitMs: z
    .int()
    .min(0)
    .max(600_000)
    .refine((ms) => ms === 0 || ms >= 500)
    .default(2_000)
    .meta({
      unit: 'ms',
      description:
        'A handler that holds the event loop for so long ends the node, which is started again; the log names it. 0 = never, as for a debugger.',
      allowed: '0, or a whole number from 500 to 600000',
    }),
});

const code = z.strictObject({
  handlers: z.string().min(1).default('./handlers').meta({
    description:
      'Directory of the handler modules: only files below it are loaded. A relative path in a file counts from the file, elsewhere from the working directory.',
    allowed: 'a path',
  }),
  gateMs: z.int().min(0).max(3_600_000).default(30_000).meta({
    unit: 'ms',
    description: 'How long a new version is compared with the old one before it is kept; 0 = not at all.',
  }),
  maxFailedMoves: z.int().min(0).max(1_000_000_000).default(0).meta({
    unit: 'actors',
    description: 'So many actors may stay on the old version because `codeChange` threw; one more, and all go back.',
  }),
  checkTimeoutMs: z.int().min(100).max(600_000).default(10_000).meta({
    unit: 'ms',
    description: 'Longest time that the check of a module, its `selfTest` included, may take in its thread.',
  }),
});

const interceptors = z.strictObject({
  overrunMs: z.int().min(1).max(10_000).default(10).meta({
    unit: 'ms',
    description: 'An interceptor that holds the event loop longer has overrun.',
  }),
  asyncOverrunMs: z.int().min(1).max(600_000).default(1_000).meta({
    unit: 'ms',
    description: 'An interceptor whose promise holds its sender back longer has overrun.',
  }),
  timeoutMs: z.int().min(1).max(600_000).default(10_000).meta({
    unit: 'ms',
    description: 'A promise of an interceptor that has not settled by then counts as a crash.',
  }),
  overruns: z.int().min(1).max(100_000).default(10).meta({
    unit: 'overruns',
    description: 'So many overruns within a minute switch a version of an interceptor off.',
  }),
});

const store = z.strictObject({
  reserve: z.int().min(0).max(1_099_511_627_776).default(67_108_864).meta({
    unit: 'bytes',
    description:
      'While less is free on the disk of `data`, a SEND that would have to be stored is REJECTED `unavailable`; acks, receipts and the ends of messages go on. 0 = never.',
  }),
});

const deadLetters = z.strictObject({
  entries: z.int().min(0).max(100_000).default(1_000).meta({
    unit: 'messages',
    description: 'Most messages that the dead-letter box keeps; past it the oldest goes. 0 = none is kept.',
  }),
  bytes: z.int().min(0).max(1_099_511_627_776).default(67_108_864).meta({
    unit: 'bytes',
    description: 'Most bytes of bodies that the dead-letter box keeps; past it the oldest goes.',
  }),
});

const log = z.strictObject({
  level: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info').meta({
    description:
      'Least severe level that is written to the log (standard error). `mailbeam log` changes it while the router runs.',
  }),
  format: z.enum(['auto', 'json', 'pretty']).default('auto').meta({
    description: 'One JSON object a line, or made for people; `auto`: for people on a terminal, JSON elsewhere.',
  }),
});

/** The schema of a whole, validated configuration. Unknown keys are refused at every level. */
export const configSchema = z.strictObject({
  host: host()
    .default('127.0.0.1')
    .meta({ description: 'Address that clients connect to.', allowed: 'a host name or an IP address' }),
  port: port()
    .default(4000)
    .meta({ unit: 'TCP port', description: 'Port that clients connect to; 0 takes a free one.' }),
  admin: admin.prefault({}),
  data: z.string().min(1).default('./data').meta({
    description:
      'Directory of the pending messages and of the admin token. A relative path in a file counts from the file, elsewhere from the working directory.',
    allowed: 'a path',
  }),
  auth: auth.prefault({}),
  limits: limits.prefault({}),
  commitDelayMs: z.int().min(0).max(1_000).default(5).meta({
    unit: 'ms',
    description: 'Longest time that a commit to disk waits for acks that would make it unnecessary.',
  }),
  idleTimeoutSeconds: z.int().min(8).max(960).default(60).meta({
    unit: 's',
    description: 'A client that was silent for so long, pings unanswered, is gone: found within this time and 4 s.',
  }),
  helloTimeoutMs: z
    .int()
    .min(100)
    .max(60_000)
    .default(5_000)
    .meta({ unit: 'ms', description: 'Time from the connection to its HELLO; past it, close 4002.' }),
  slowConsumerMs: z
    .int()
    .min(100)
    .max(600_000)
    .default(30_000)
    .meta({ unit: 'ms', description: 'How long a client may leave over 1 MiB unread; past it, close 4008.' }),
  presenceAwayMs: z
    .int()
    .min(0)
    .max(600_000)
    .default(3_000)
    .meta({ unit: 'ms', description: 'A user counts as away so long after its last connection ended.' }),
  clientKeptMs: z.int().min(1_000).max(315_360_000_000).default(2_592_000_000).meta({
    unit: 'ms',
    description:
      'A `client` of a user that was not used for so long is forgotten, and a new one when it comes again. Longer than the longest time after which an app resends what was not answered.',
  }),
  maxAttempts: z.int().min(1).max(100).default(3).meta({
    unit: 'attempts',
    description: 'A message whose handling crashed so often is given up: `failed`, or a receipt `undeliverable`.',
  }),
  drainMs: z.int().min(1).max(4_800).default(4_000).meta({
    unit: 'ms',
    description:
      'Longest time that a drain may take; past it the node is ended by force. What was accepted is on disk all the same.',
  }),
  goodbyeSpreadMs: z.int().min(0).max(600_000).default(5_000).meta({
    unit: 'ms',
    description: 'The `retryAfterMs` of GOODBYE are spread over this time, so that clients do not all return at once.',
  }),
  deadLetters: deadLetters.prefault({}),
  store: store.prefault({}),
  restart: restart.prefault({}),
  watchdog: watchdog.prefault({}),
  code: code.prefault({}),
  interceptors: interceptors.prefault({}),
  telemetry: telemetrySchema.prefault({}),
  alerts: alertsSchema.prefault({}),
  traces: tracesSchema.prefault({}),
  privacy: privacy.prefault({}),
  log: log.prefault({}),
});

/** A whole, validated configuration. `data` and `code.handlers` are absolute paths; `limits.connections` is what was asked for (0 = auto). */
export type Config = z.output<typeof configSchema>;

/** What a configuration file may hold: any part of a {@link Config}. */
export type ConfigInput = z.input<typeof configSchema>;
