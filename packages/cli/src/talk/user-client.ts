import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { ClosedError, connect, StateError } from '@mailbeam/client';
import type { Client, ClientOptions, ClientState } from '@mailbeam/client';
import { fileState } from '@mailbeam/client/node';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';
import { packageVersion } from '../version.js';
import type { UserTarget } from './user-target.js';

type Closed = Extract<ClientState, { name: 'closed' }>;

/** A client of the SDK for that user, with its state in the file; more options win. */
export async function userClient(target: UserTarget, options: Partial<ClientOptions> = {}): Promise<Client> {
  await mkdir(path.dirname(path.resolve(target.stateFile)), { recursive: true, mode: 0o700 });
  return connect({
    url: target.url,
    token: target.token,
    user: target.user,
    state: fileState(target.stateFile),
    agent: `mailbeam-cli/${packageVersion()}`,
    // Commands come and go: they need not reserve numbers for thousands of messages.
    cidBlock: 64,
    ...options,
  });
}

/** What to tell of a client that was closed for good; undefined when this process closed it. */
export function closedError(state: Closed, target: UserTarget): CliError | undefined {
  switch (state.reason) {
    case 'closed':
      return undefined;
    case 'unauthorized':
      return new CliError(
        ExitCode.CLOSED,
        `the router does not take the token of ${target.user}${detailOf(state)}`,
        '--token TOKEN or MAILBEAM_TOKEN gives another',
      );
    case 'replaced':
      return new CliError(
        ExitCode.CLOSED,
        `${target.user} connected elsewhere, which ended this connection`,
        'a user has one connection at a time; nothing that waits is lost',
      );
    case 'state':
      return stateError(state.error, target);
    case 'bad_frame':
    case 'no_web_socket':
      return new CliError(ExitCode.ERROR, `the connection ended for good: ${state.reason}${detailOf(state)}`);
  }
}

/** True when the state file is in use by another process, which may let it go soon. */
export function isStateInUse(state: ClientState): boolean {
  return state.name === 'closed' && state.error instanceof StateError && state.error.code === 'state_in_use';
}

/** Whether an error only says that the client is closed: its state says why. */
export function isClosedError(error: unknown): boolean {
  return error instanceof ClosedError;
}

function stateError(error: Error | undefined, target: UserTarget): CliError {
  const message = error?.message ?? 'the state cannot be used';
  if (error instanceof StateError && error.code === 'state_in_use') {
    return new CliError(
      ExitCode.ERROR,
      `another mailbeam command is running as ${target.user} (it holds ${target.stateFile})`,
      'a user has one connection at a time: end the other command first',
    );
  }
  return new CliError(
    ExitCode.ERROR,
    `${target.stateFile}: ${message}`,
    'it keeps the numbers of what was sent and seen; --state FILE names another, which makes this a new client of the user',
  );
}

function detailOf(state: Closed): string {
  return state.error === undefined ? '' : ` (${state.error.message})`;
}
