import { FailedError, RejectedError } from '@mailbeam/client';
import type { Client } from '@mailbeam/client';
import type { ChatScreen } from '../chat/screen.js';
import { PlainScreen } from '../chat/plain-screen.js';
import { TerminalScreen } from '../chat/terminal-screen.js';
import { ExitCode } from '../exit-code.js';
import type { ExitStatus } from '../exit-code.js';
import type { Output } from '../output.js';
import { ConnectionNotes } from './connection-notes.js';
import { secondsOf } from './seconds.js';
import { closedError, userClient } from './user-client.js';
import { checkRecipient, userTarget } from './user-target.js';
import type { UserFlags } from './user-target.js';

export interface ChatFlags extends UserFlags {
  readonly to: string;
  readonly timeout: string;
}

/** Unanswered lines past which a pipe has to wait. */
const mostUnanswered = 200;

/** `mailbeam chat`: a conversation, at a terminal or through pipes. Messages count as read when they are shown. */
export async function chatCommand(flags: ChatFlags, output: Output): Promise<ExitStatus> {
  const target = await userTarget(flags);
  checkRecipient('--to', flags.to);
  const timeoutMs = secondsOf('--timeout', flags.timeout, 86_400) * 1000;
  const client = await userClient(target);
  const screen = chatScreen(target.user, output);
  const chat = new Chat(client, flags.to, screen);
  const ended = new Promise<void>((resolve) => {
    const notes = new ConnectionNotes(target.url);
    client.on('state', (state) => {
      const text = notes.noteOn(state);
      if (text !== undefined) screen.notice(text);
      if (state.name === 'closed') resolve();
    });
    for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  await Promise.race([screen.read((line) => chat.say(line)), ended]);
  screen.close();

  const known = client.state.name === 'closed' ? closedError(client.state, target) : undefined;
  if (known !== undefined) throw known;
  await Promise.race([chat.answered(), delay(timeoutMs)]);
  const { unanswered } = chat;
  await client.close({ drain: true, timeoutMs: Math.min(timeoutMs, 3_000) });
  if (unanswered > 0) {
    output.note(
      `not answered yet: ${unanswered}; kept in ${target.stateFile} and sent when ${target.user} connects next`,
    );
    return ExitCode.UNREACHABLE;
  }
  return chat.refused ? ExitCode.REJECTED : ExitCode.OK;
}

function chatScreen(name: string, output: Output): ChatScreen {
  const { stdin, stdout } = process;
  const plain = !stdin.isTTY || !stdout.isTTY || process.env['TERM'] === 'dumb';
  return plain ? new PlainScreen(stdin, output) : new TerminalScreen(stdin, stdout, output, name);
}

/** Puts the client and the screen together. */
class Chat {
  /** Whether a line was refused or failed. */
  refused = false;
  /** Lines that have no answer yet. */
  unanswered = 0;
  readonly #client: Client;
  readonly #to: string;
  readonly #screen: ChatScreen;
  #lines = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(client: Client, to: string, screen: ChatScreen) {
    this.#client = client;
    this.#to = to;
    this.#screen = screen;
    client.on('presence', ({ user, online }) => screen.notice(`${user} is ${online ? 'online' : 'away'}`));
    client.on('restored', (sends) => screen.notice(`${sends.length} sent earlier without an answer: sent again`));
    if (!to.startsWith('#') && !to.startsWith('$')) client.watch([to]);
    void this.#showMessages();
  }

  /** Sends a line; settles when the next may come. */
  async say(line: string): Promise<void> {
    if (line.trim() === '') return;
    this.#lines += 1;
    const id = this.#lines;
    this.#screen.said(id, line, Date.now());
    const sent = this.#client.send(this.#to, line);
    sent.on('delivered', () => this.#screen.reached(id, 'delivered', ''));
    sent.on('read', () => this.#screen.reached(id, 'read', ''));
    sent.on('failed', (error) => this.#refuse(id, error));
    this.unanswered += 1;
    const answer = sent
      .then(
        () => this.#screen.reached(id, 'accepted', ''),
        (error: unknown) => this.#refuse(id, error),
      )
      .finally(() => {
        this.unanswered -= 1;
      });
    this.#awaitLater(answer);
    if (this.unanswered >= mostUnanswered) await answer;
  }

  /** Settles when every line, and every note of having read, has its answer. */
  async answered(): Promise<void> {
    await this.#last;
  }

  #awaitLater(answer: Promise<unknown>): void {
    this.#last = Promise.all([this.#last, answer]);
  }

  #refuse(id: number, error: unknown): void {
    // What this client itself did not take, or took to its end with it, is told by the exit.
    if (!(error instanceof RejectedError) && !(error instanceof FailedError)) return;
    this.refused = true;
    const detail =
      error instanceof RejectedError && error.detail !== '' ? `${error.code}, ${error.detail}` : error.code;
    this.#screen.reached(id, error instanceof RejectedError ? 'rejected' : 'failed', detail);
  }

  async #showMessages(): Promise<void> {
    try {
      for await (const message of this.#client.messages()) {
        this.#screen.received(message.from, message.text(), message.ts);
        // A READ that is refused does not concern the person: the message is on the screen.
        this.#awaitLater(message.markRead().catch(() => undefined));
      }
    } catch {
      // The client was closed for good: its state tells, and the command ends by it.
    }
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
