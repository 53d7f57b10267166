import { Op } from '@mailbeam/protocol';
import type { CallFrame, SignalFrame, WatchFrame } from '@mailbeam/handler';
import type { Message, ReadRequest } from '../mailbox/request.js';

export class Signal implements SignalFrame {
  readonly op = Op.SIGNAL;
  readonly peer: string;
  readonly body: Uint8Array;

  constructor(peer: string, body: Uint8Array) {
    this.peer = peer;
    this.body = body;
  }

  get bodyBytes(): number {
    return this.body.length;
  }
}

export class Watch implements WatchFrame {
  readonly op = Op.WATCH;
  readonly bodyBytes = 0;
  readonly users: readonly string[];
  readonly on: boolean;

  constructor(users: readonly string[], on: boolean) {
    this.users = users;
    this.on = on;
  }
}

export class Call implements CallFrame {
  readonly op = Op.CALL;
  readonly rid: number;
  readonly service: string;
  readonly method: string;
  /** The bytes of its arguments: one value of the protocol. */
  readonly args: Uint8Array;

  constructor(rid: number, service: string, method: string, args: Uint8Array) {
    this.rid = rid;
    this.service = service;
    this.method = method;
    this.args = args;
  }

  get bodyBytes(): number {
    return this.args.length;
  }
}

/** What a port hands to its session. */
export type PortFrame = Message | ReadRequest | Signal | Watch | Call;
