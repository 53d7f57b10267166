import { defineService, method } from '@mailbeam/handler';
import type { ServiceContext, ServiceSignal } from '@mailbeam/handler';
import { z } from 'zod';

/** Plain data: it can be copied for a dry run and carried over by `codeChange`. It is in memory, and gone when the router ends. */
export interface AwayState {
  /** By user who is away: what those who write are told. */
  readonly texts: Map<string, string>;
  /** By `writer recipient`: when the writer was told last, ms since the epoch. */
  readonly told: Map<string, number>;
}

const mostAway = 10_000;
const mostText = 500;
const mostTold = 100_000;
/** Nobody is told the same twice within so long. */
const toldMs = 24 * 3_600_000;
const sweepMs = 3_600_000;
const written = z.object({ to: z.string() });
const text = z.string().trim().min(1).max(mostText);

/**
 * `$away` answers for people who are away. Who goes away sends it `away back on Monday`, and `back` later. Who writes to them
 * meanwhile is told once a day; their messages go on to their mailboxes as always. The interceptor `away-notice` tells it who
 * writes to whom.
 */
export default defineService<AwayState>({
  name: 'away',
  version: '1.0.0',
  init(ctx) {
    ctx.setTimer(sweepMs, 'sweep');
    return { texts: new Map(), told: new Map() };
  },

  handleMessage(message, state, ctx) {
    if (message.from.startsWith('$')) return;
    const line = message.text().trim();
    const [, reason] = /^away\s+([^]+)$/.exec(line) ?? [];
    if (reason !== undefined) ctx.reply(message, goAway(message.from, reason, state));
    else if (line === 'back') ctx.reply(message, comeBack(message.from, state));
    else ctx.reply(message, 'send `away TEXT` or `back`');
  },

  /** From `away-notice`: who signals has written to `to`. */
  handleSignal(signal, state, ctx) {
    const notice = written.safeParse(noteOf(signal));
    if (notice.success) tellOnce(signal.from, notice.data.to, state, ctx);
  },

  handleTimer(_tag, state, ctx) {
    for (const [pair, at] of state.told) if (ctx.now - at >= toldMs) state.told.delete(pair);
    ctx.setTimer(sweepMs, 'sweep');
  },

  methods: {
    set: method(z.object({ text }), ({ text }, state, ctx) => goAway(ctx.from, text, state)),
    clear: method(z.null(), (_, state, ctx) => comeBack(ctx.from, state)),
    /** What a client shows beside a name, before anybody writes; null where the user is not away. */
    of: method(z.object({ user: z.string() }), ({ user }, state) => state.texts.get(user) ?? null),
  },

  codeChange: (state) => state as AwayState,
});

function tellOnce(from: string, to: string, state: AwayState, ctx: ServiceContext): void {
  const reason = state.texts.get(to);
  const pair = `${from} ${to}`;
  if (reason === undefined || ctx.now - (state.told.get(pair) ?? -Infinity) < toldMs) return;
  if (state.told.size >= mostTold) return;
  state.told.set(pair, ctx.now);
  ctx.send(from, `${to} is away: ${reason}`);
}

/** Anybody may signal anything: what is no value of the protocol is no notice. */
function noteOf(signal: ServiceSignal): unknown {
  try {
    return signal.decode();
  } catch {
    return undefined;
  }
}

function goAway(user: string, given: string, { texts }: AwayState): string {
  const parsed = text.safeParse(given);
  if (!parsed.success) return `the text has at most ${mostText} characters`;
  if (texts.size >= mostAway && !texts.has(user)) return 'too many people are away';
  texts.set(user, parsed.data);
  return 'you are away';
}

function comeBack(user: string, { texts, told }: AwayState): string {
  // Whoever writes when the user is away the next time is told again.
  for (const pair of told.keys()) if (pair.endsWith(` ${user}`)) told.delete(pair);
  return texts.delete(user) ? 'welcome back' : 'you were not away';
}
