import { nameKind } from '@mailbeam/protocol';
import type { CommitLoop } from '../commit/commit-loop.js';
import type { Mailbox } from '../mailbox/mailbox.js';
import { Answer, Message } from '../mailbox/request.js';
import type { Sender } from '../mailbox/sender.js';
import type { Dispatch } from '../routing/dispatch.js';
import type { Outbox } from '../routing/outbox.js';
import type { DeadLetter } from './letter-file.js';

/** What a replay needs of its node. */
export interface ReplayHost {
  readonly commits: CommitLoop;
  readonly dispatch: Dispatch;
  readonly outbox: Outbox;
  open(name: string): Mailbox;
  /** A sender of its own for this user, with an origin that was never used. */
  newSender(home: Mailbox): Sender;
  releaseSender(sender: Sender): void;
  wake(): void;
}

/** Why a letter was not taken, as REJECTED would say it. */
export type ReplayCode = 'replayed' | 'unknown_recipient' | Extract<Message['rejection'], object>['code'];

/**
 * Sends a letter once more to whom it was for, as if its sender had: under a new origin, for its number was answered
 * `undeliverable` for good, and without a ttl. Resolves once it is accepted or rejected; receipts go to the sender, which knows no
 * such number and ignores them.
 */
export function replay(letter: DeadLetter, body: Uint8Array, host: ReplayHost): Promise<ReplayCode> {
  const { to, from } = letter;
  const toKind = nameKind(to);
  if (!host.dispatch.isKnown(to, toKind)) return Promise.resolve('unknown_recipient');
  host.wake();
  const home = host.open(from);
  const sender = host.newSender(home);
  const message = new Message(1, false, to, toKind, -1, body, 0, body.length);
  message.sender = sender;
  message.from = from;
  message.origin = sender.origin;
  sender.isPatient = false;
  return new Promise((resolve) => {
    sender.port = {
      touch: () => {
        if (message.answer === Answer.NONE) return;
        const code = message.answer === Answer.REJECTED ? message.rejection!.code : 'replayed';
        sender.port = null;
        sender.forget();
        host.commits.whenFlushed(() => host.releaseSender(sender));
        resolve(code);
      },
    };
    // nothing leaves under an origin that is not on disk (semantics 5.9)
    host.commits.whenFlushed(() => {
      sender.add(message);
      host.outbox.message(message);
      host.wake();
    });
  });
}
