import { buffer } from 'node:stream/consumers';
import { FailedError, MailbeamError, RejectedError } from '@mailbeam/client';
import type { Client, ClientState } from '@mailbeam/client';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { secondsOf } from './seconds.js';
import { closedError, isClosedError, isStateInUse, userClient } from './user-client.js';
import { checkRecipient, userTarget } from './user-target.js';
import type { UserFlags, UserTarget } from './user-target.js';

export interface SendFlags extends UserFlags {
  readonly to: string;
  readonly ttl?: string;
  readonly timeout: string;
  readonly json?: boolean;
}

/** How long to wait before the state file is tried again that another `send` of the user holds. */
const stateRetryMs = 50;

/** `mailbeam send`: one message; done when the router is answerable for it. */
export async function sendCommand(words: readonly string[], flags: SendFlags, output: Output): Promise<ExitStatus> {
  const target = await userTarget(flags);
  checkRecipient('--to', flags.to);
  const ttl = flags.ttl === undefined ? {} : { ttl: secondsOf('--ttl', flags.ttl, 2_592_000) };
  const deadline = new Deadline(secondsOf('--timeout', flags.timeout, 86_400) * 1000);
  const body = words.length === 1 && words[0] === '-' ? await buffer(process.stdin) : words.join(' ');
  const client = await openClient(target, deadline);
  try {
    const accepted = await deadline.hold(client.send(flags.to, body, ttl), () => unanswered(target, flags));
    output.line(flags.json === true ? JSON.stringify({ accepted: true, ...accepted }) : 'accepted');
    return ExitCode.OK;
  } catch (error) {
    return notAccepted(error, client.state, target, flags, output);
  } finally {
    await client.close();
  }
}

/** A client that is connected. Until then nothing of the message has been written anywhere. */
async function openClient(target: UserTarget, deadline: Deadline): Promise<Client> {
  for (;;) {
    // The window is the smallest: what waits for the user is not for this command, and stays.
    const client = await userClient(target, { window: 1 });
    try {
      await deadline.hold(client.ready(), () => {
        const { state } = client;
        const reason = state.name === 'waiting' && state.reason !== '' ? ` (${state.reason})` : '';
        return new CliError(ExitCode.UNREACHABLE, `no router answers at ${target.url}${reason}; nothing was sent`);
      });
      return client;
    } catch (error) {
      const { state } = client;
      await client.close();
      if (!isClosedError(error)) throw error;
      if (!isStateInUse(state) || deadline.left < stateRetryMs) throw closedErrorOf(state, target, error);
    }
    await new Promise((resolve) => setTimeout(resolve, stateRetryMs));
  }
}

function unanswered(target: UserTarget, flags: SendFlags): CliError {
  return new CliError(
    ExitCode.UNREACHABLE,
    `no answer within ${flags.timeout} s: the router may or may not have the message`,
    `it is kept in ${target.stateFile} and sent again when ${target.user} connects next, so do not send it once more`,
  );
}

function notAccepted(
  error: unknown,
  state: ClientState,
  target: UserTarget,
  flags: SendFlags,
  output: Output,
): ExitStatus {
  if (isClosedError(error)) throw closedErrorOf(state, target, error);
  if (!(error instanceof MailbeamError)) throw error;
  if (!(error instanceof RejectedError) && !(error instanceof FailedError)) {
    throw new CliError(ExitCode.USAGE, error.message, '', { cause: error });
  }
  const detail = error instanceof RejectedError ? error.detail : '';
  const retryAfterMs = error instanceof RejectedError ? error.retryAfterMs : undefined;
  if (flags.json === true) output.line(JSON.stringify({ accepted: false, code: error.code, detail, retryAfterMs }));
  const again = retryAfterMs === undefined ? '' : `try again in ${Math.ceil(retryAfterMs / 1000)} s`;
  throw new CliError(ExitCode.REJECTED, error.message, again, { cause: error });
}

function closedErrorOf(state: ClientState, target: UserTarget, cause: unknown): CliError {
  const known = state.name === 'closed' ? closedError(state, target) : undefined;
  return known ?? new CliError(ExitCode.ERROR, 'the connection ended', '', { cause });
}

/** One bound for all that a command waits for. */
class Deadline {
  readonly #at: number;

  constructor(ms: number) {
    this.#at = performance.now() + ms;
  }

  /** Milliseconds that are left. */
  get left(): number {
    return Math.max(0, this.#at - performance.now());
  }

  /** What `promise` settles with; the error that `late` makes when it does not in time. */
  async hold<T>(promise: PromiseLike<T>, late: () => Error): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(late()), this.left);
    });
    try {
      return await Promise.race([promise, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }
}
