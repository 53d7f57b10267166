import type { ActorSystem, Pid } from '@mailbeam/actors';
import type { NameKind } from '@mailbeam/protocol';
import type { MailboxHost } from '../mailbox/mailbox-host.js';
import type { Mailbox } from '../mailbox/mailbox.js';
import { Message } from '../mailbox/request.js';
import type { ReadRequest, Rejection, Request } from '../mailbox/request.js';
import { rejectedBefore } from '../mailbox/resend.js';
import { answerCrashed, answerRefused } from '../port/crashed-frame.js';
import type { Call, PortFrame, Signal, Watch } from '../port/frames.js';
import type { Port } from '../port/port.js';
import type { Presence } from '../presence.js';

/** What a dispatch asks of its node. */
export interface DispatchHost extends MailboxHost {
  readonly system: ActorSystem;
  readonly presence: Presence;
  readonly services: { has(name: string): boolean; call(port: Port, call: Call): void };
  readonly limits: { readonly watch: number };
  open(name: string): Mailbox;
}

/** Carries out what sessions and services ask for: most of it goes to another user's address. */
export class Dispatch {
  readonly #host: DispatchHost;

  constructor(host: DispatchHost) {
    this.#host = host;
  }

  route(port: Port, request: Message | ReadRequest): void {
    const { outbox, clock } = this.#host;
    this.#noteSent(port, request instanceof Message ? request.to : request.peer, request);
    if (request instanceof Message) {
      outbox.message(request);
      return;
    }
    if (request.again && rejectedBefore(request)) return;
    outbox.receipt(request.peer, {
      peer: port.user,
      kind: 2,
      origin: request.readOrigin,
      cid: request.upTo,
      ts: clock.wall,
      code: '',
      upTo: 0,
      requests: request,
      needsDisk: true,
    });
  }

  /** Rejects a request once that is on disk. */
  reject(request: Message | ReadRequest, rejection: Rejection): void {
    this.#host.rejections.reject(request, rejection, request instanceof Message ? request.to : request.peer);
  }

  /** Rejects a request for what its bytes are. */
  rejectAtOnce(request: Message | ReadRequest, rejection: Rejection): void {
    this.#host.rejections.rejectAtOnce(request, rejection);
  }

  /** Does not take a request that the session let pass. */
  refuse(port: Port, request: Message | ReadRequest, rejection: Rejection): void {
    answerRefused(port, request, rejection, this.#host, this);
  }

  /** The session has crashed over this frame as often as it may. */
  crashed(port: Port, frame: PortFrame): void {
    answerCrashed(port, frame, this.#host, this);
  }

  signal(port: Port, signal: Signal): void {
    this.#noteSent(port, signal.peer, signal);
    this.#host.outbox.signal({ kind: 'signal', to: signal.peer, from: port.user, body: signal.body });
  }

  /** Signals a service from the user of this port. */
  tell(port: Port, service: string, body: Uint8Array): void {
    this.#host.outbox.signal({ kind: 'signal', to: service, from: port.user, body });
  }

  /** Hands a CALL to its service, or answers it. */
  call(port: Port, call: Call): void {
    this.#noteSent(port, `$${call.service}`, call);
    this.#host.services.call(port, call);
  }

  watch(port: Port, watch: Watch): void {
    const { presence, limits } = this.#host;
    if (!watch.on) presence.unwatch(port, watch.users);
    else if (!presence.watch(port, watch.users, limits.watch)) {
      port.out().error('watch_limit', `at most ${limits.watch} users may be watched`);
    }
  }

  /** Messages of (from, origin) to `user` up to `cid` are acked: their sender gets a receipt. */
  delivered(
    user: string,
    from: string,
    origin: number,
    cid: number,
    requests: Request | null,
    needsDisk: boolean,
  ): void {
    const { outbox, clock } = this.#host;
    outbox.receipt(from, {
      peer: user,
      kind: 1,
      origin,
      cid,
      ts: clock.wall,
      code: '',
      upTo: 0,
      requests,
      needsDisk,
    });
  }

  /** True for a name that a message may go to: in open mode every user's, and a service's while it runs. */
  isKnown(name: string, kind: NameKind): boolean {
    return kind === 1 || (kind === 3 && this.#host.services.has(name));
  }

  /** True for the name of a service that runs or ever ran. */
  wasService(name: string): boolean {
    return this.#host.services.has(name) || this.#host.store.highestOrigin(name) > 0;
  }

  #noteSent(port: Port, to: string, message: unknown): void {
    if (port.session !== null) this.#host.system.noteSentOut(port.session as Pid, to, message);
  }
}
