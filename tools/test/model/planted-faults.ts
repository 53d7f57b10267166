import type { Mutation } from '../../src/mutant.js';

/** A rule of delivery taken out, or a fault planted, in a copy of the built router. */
export interface PlantedFault {
  readonly name: string;
  readonly mutations: readonly Mutation[];
  /** Of a rare one: where to begin, a few runs before one that is known to find it. Default 1. */
  readonly seed?: number;
}

const at = (file: string, find: string, replace: string): readonly Mutation[] => [
  { file: `packages/router/dist/${file}`, find, replace },
];

/**
 * Each rule of the design's "Rules of delivery", taken out: the model checker finds that a promise is broken. Too rare for
 * random runs is an ack that erases a newer receipt: packages/router/test/rules/rule-07.test.ts has it.
 */
export const rulesTakenOut: readonly PlantedFault[] = [
  {
    name: 'rule 1: lastCid runs ahead of what is stored or acked',
    mutations: at(
      'mailbox/sender.js',
      'while (i < requests.length && requests[i].settled)',
      'while (i < requests.length)',
    ),
  },
  {
    name: 'rule 2: an elided message is settled before its receipt is acked or on disk',
    seed: 6000,
    mutations: at('mailbox/mailbox.js', 'ledger.elide();', 'ledger.elide(); message.settled = true;'),
  },
  {
    name: 'rule 3: a resend is not looked up',
    mutations: at('mailbox/mailbox.js', '(message.again || message.cid <= sender.highCid) &&', 'false &&'),
  },
  {
    name: 'rule 3: a resend does not find the rejection it got',
    mutations: at('mailbox/resend.js', 'const rejection = sender.rejectionOf(cid);', 'const rejection = undefined;'),
  },
  {
    name: 'rule 3: a resend does not find a failure whose receipt waits',
    mutations: at('mailbox/resend.js', 'home.failureOf(mailbox.name, origin, cid)', 'false'),
  },
  {
    name: 'rule 3: the look-up comes after the quota',
    seed: 4250,
    mutations: at(
      'mailbox/mailbox.js',
      'lookUpResend(this, message, this.#host))',
      'this.#refusal(message) === null && lookUpResend(this, message, this.#host))',
    ),
  },
  {
    name: 'rule 3: a resend that the node before may have taken is asked for the quota',
    mutations: at(
      'mailbox/mailbox.js',
      '!this.#host.unfoundResends.mustTake(message, this.#host.room.isTight)',
      'true',
    ),
  },
  {
    name: 'rule 4: a rejection is not written',
    mutations: at('commit/commit-loop.js', 'sender.keep(request.cid, rejection);', ''),
  },
  {
    name: 'rule 4: later messages of the pair leave before a rejection is on disk',
    seed: 1390,
    mutations: at(
      'commit/commit-loop.js',
      'sender.keep(request.cid, rejection);\n        sender.hold(peer, this.#number);',
      'sender.keep(request.cid, rejection);',
    ),
  },
  {
    name: 'rule 5: ACCEPTED leaves before RECEIPT',
    seed: 9940,
    mutations: at('mailbox/mailbox.js', 'ledger.elide();', 'ledger.elide(); message.sender?.accept(message);'),
  },
  {
    name: 'rule 5: a stored message is erased and its receipt is not in the same commit',
    seed: 1410,
    mutations: at(
      'mailbox/mailboxes.js',
      'this.open(to).putReceipt(receipt);',
      'this.open(to).putReceipt({ ...receipt, needsDisk: false });',
    ),
  },
  {
    name: 'rule 6: later entries leave before a purge is on disk',
    seed: 900,
    mutations: at(
      'mailbox/mailbox.js',
      'if (this.#handOut !== null && this.#blocked === 0)',
      'if (this.#handOut !== null)',
    ),
  },
  {
    name: 'rule 7: a receipt that was handed out is changed',
    mutations: at(
      'mailbox/receipt-box.js',
      'receipt.slot.queued = null;\n        receipt.slot.inFlight++;',
      'receipt.slot.inFlight++;',
    ),
  },
  {
    name: 'rule 7: the ack of a failure overtakes a resend under way',
    mutations: at(
      'port/port.js',
      'if (backlog.hasFreeAck)\n            this.#host.handOverFirst(this);',
      'this.takeAcks();',
    ),
  },
  {
    name: 'rule 8: what a session sends takes effect before the handling returns',
    mutations: [
      ...at('port/verdict.js', 'clear() {', 'get routes() { return this.#effect === 1; }\n    clear() {'),
      ...at(
        'port/port.js',
        'sessionStarted() {',
        'sessionStarted() { if (this.#backlog?.inHand && this.#verdict.routes) { const f = this.#backlog.first; this.number(f); this.#host.dispatch.route(this, f); }',
      ),
    ],
  },
  {
    name: 'rule 8: after a crash a session is given others beside what it crashed over',
    mutations: at('port/backlog.js', 'this.#alone = true;', 'this.#alone = false;'),
  },
  {
    name: 'rule 8: a poisonous resend is not looked up',
    mutations: at('port/crashed-frame.js', 'lookUpResend(host.open(peer), request, host)', 'false'),
  },
  {
    name: 'rule 8: later messages leave before an undeliverable one is on disk',
    seed: 1110,
    mutations: at('port/crashed-frame.js', 'host.commits.hold(sender, peer);', ''),
  },
  {
    name: 'rule 8: a new connection is not handed out what is not on disk',
    mutations: at('mailbox/hand-out.js', 'if (m.key <= this.#cursor || m.gone)', 'if (true)'),
  },
  {
    name: 'rule 9: WELCOME before the origin is on disk',
    seed: 2370,
    mutations: at(
      'login.js',
      'return { sender, mustFlush: true };',
      'sender.known = true; return { sender, mustFlush: false };',
    ),
  },
  {
    name: 'rule 9: a take-over does not wait for what the old session sent',
    mutations: at('login.js', 'if (!mustFlush && !this.#hasUnsettled(mailbox)) {', 'if (!mustFlush) {'),
  },
  {
    name: 'rule 10: a failed commit is taken for a flushed one',
    mutations: at(
      'commit/commit-loop.js',
      'this.#host.failed(error, commit.retryMs);',
      'this.#flushed(commit); return;',
    ),
  },
];

/** What every checker of this house must find. */
export const faults: readonly PlantedFault[] = [
  {
    name: 'ACCEPTED before the flush',
    mutations: at(
      'mailbox/mailbox.js',
      'message.held = sender.holds(this.name);',
      'message.held = sender.holds(this.name); message.sender.accept(message);',
    ),
  },
  {
    name: 'a dropped receipt',
    mutations: at(
      'routing/dispatch.js',
      'delivered(user, from, origin, cid, requests, needsDisk) {',
      'delivered(user, from, origin, cid, requests, needsDisk) { if (cid % 3 === 2) return;',
    ),
  },
  {
    name: 'two messages swapped',
    mutations: at(
      'mailbox/hand-out.js',
      'const page = this.#store.read(',
      'const page = ((...a) => ((p) => (p.length > 1 ? [p[1], p[0], ...p.slice(2)] : p))(this.#store.read(...a)))(',
    ),
  },
  {
    name: 'a message repeated after a restart',
    mutations: at('commit/commit-loop.js', 'batch.eraseUpTo(name, upTo);', ''),
  },
];
