import type { Client, Message } from '@mailbeam/client';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { clockText, shownText } from '../shown-text.js';
import { ConnectionNotes } from './connection-notes.js';
import { countOf } from './seconds.js';
import { closedError, isClosedError, userClient } from './user-client.js';
import { userTarget } from './user-target.js';
import type { UserFlags } from './user-target.js';

export interface ListenFlags extends UserFlags {
  readonly json?: boolean;
  readonly read?: boolean;
  readonly count?: string;
}

/** Longest wait for the last ack when the command ends. */
const lastAckMs = 3_000;

/** `mailbeam listen`: prints what comes for the user. A message is acked when its line has been written. */
export async function listenCommand(flags: ListenFlags, output: Output): Promise<ExitStatus> {
  const target = await userTarget(flags);
  const most = flags.count === undefined ? Infinity : countOf('--count', flags.count, Number.MAX_SAFE_INTEGER);
  const client = await userClient(target);
  const notes = new ConnectionNotes(target.url);
  client.on('state', (state) => {
    const text = notes.noteOn(state);
    if (text !== undefined) output.note(`-- ${shownText(text)}`);
  });
  const stop = (): void => void client.close({ drain: true, timeoutMs: lastAckMs });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  try {
    await printMessages(client, most, flags, output);
  } catch (error) {
    const { state } = client;
    const known = state.name === 'closed' ? closedError(state, target) : undefined;
    throw isClosedError(error) && known !== undefined ? known : error;
  }
  await client.close({ drain: true, timeoutMs: lastAckMs });
  return ExitCode.OK;
}

async function printMessages(client: Client, most: number, flags: ListenFlags, output: Output): Promise<void> {
  const messages = client.messages();
  for (let printed = 0; printed < most;) {
    const { value: message, done } = await messages.next();
    if (done === true) return;
    output.line(flags.json === true ? messageJson(message) : messageLine(message));
    printed += 1;
    // A rejection of the READ is not this command's concern: the message itself is here.
    if (flags.read === true) message.markRead().catch(() => undefined);
  }
  // Asking for the next is what acks the last; whatever comes is given back when the client closes.
  void messages.next().catch(() => undefined);
}

/** One JSON object a line: `text` when the body is UTF-8, else `base64`. */
export function messageJson(message: Message): string {
  const { from, group, origin, cid, ts, body } = message;
  const text = utf8Text(body);
  const content = text === undefined ? { base64: Buffer.from(body).toString('base64') } : { text };
  return JSON.stringify({ from, ...(group === undefined ? {} : { group }), origin, cid, ts, ...content });
}

function messageLine(message: Message): string {
  const text = utf8Text(message.body) ?? `(${message.body.length} bytes that are not text)`;
  const place = message.group === undefined ? '' : ` in ${shownText(message.group)}`;
  return `${clockText(message.ts)} ${shownText(message.from)}${place}: ${shownText(text)}`;
}

function utf8Text(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    // Not UTF-8: the caller shows it otherwise.
    return undefined;
  }
}
