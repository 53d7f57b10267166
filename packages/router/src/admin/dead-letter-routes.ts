import type { DeadLetterBox, DeadLetterLimits } from '../dead-letters/dead-letter-box.js';
import type { DeadLetter } from '../dead-letters/letter-file.js';
import type { ReplayCode } from '../dead-letters/replay.js';
import type { Names } from '../privacy/names.js';
import type { AdminAnswer, AdminRoute } from './admin-server.js';

/** Letters that one answer may have: as many as a box may hold. */
const MOST_LISTED = 100_000;

/** What these routes need of a node. */
export interface DeadLetterHost {
  readonly box: DeadLetterBox;
  readonly limits: DeadLetterLimits;
  readonly names: Names;
  /** Now, ms since the epoch. */
  readonly wall: () => number;
  /** Sends a letter again; see `replay`. */
  readonly replay: (letter: DeadLetter, body: Uint8Array) => Promise<ReplayCode>;
  /** An operator has done something to so many letters. */
  readonly onDone: (what: 'replayed' | 'purged', count: number) => void;
}

/** A letter as it is shown: never its body. */
export type DeadLetterRow = DeadLetter;

/** What `GET /deadletters` answers; letters oldest first, with `limit` the newest of them. */
export interface DeadLettersView {
  readonly letters: readonly DeadLetterRow[];
  readonly kept: number;
  readonly bytes: number;
  readonly dropped: number;
  readonly limits: DeadLetterLimits;
}

/** What `POST /deadletters/replay` answers. */
export interface ReplayedView {
  readonly replayed: number;
  /** Letters that stay, and why. */
  readonly failed: readonly { readonly id: string; readonly code: string }[];
}

/** Messages that were given up: to list, to send again, to forget. */
export function deadLetterRoutes(host: DeadLetterHost): AdminRoute[] {
  const { box, limits, names } = host;
  const shown = (letter: DeadLetter): DeadLetterRow => ({
    ...letter,
    from: names.show(letter.from),
    to: names.show(letter.to),
  });
  return [
    {
      method: 'GET',
      path: '/deadletters',
      handle: (_params, query) => {
        const to = query.get('to');
        const limit = Number(query.get('limit') ?? MOST_LISTED);
        if (!Number.isInteger(limit) || limit < 1 || limit > MOST_LISTED)
          return refused(`limit is a whole number from 1 to ${MOST_LISTED}`);
        const letters = box
          .list()
          .filter((letter) => to === null || letter.to === to)
          .slice(-limit);
        const { count: kept, bytes, dropped } = box;
        return ok({ letters: letters.map(shown), kept, bytes, dropped, limits } satisfies DeadLettersView);
      },
    },
    {
      method: 'POST',
      path: '/deadletters/replay',
      handle: async (_params, _query, body) => {
        const chosen = choose(body, host);
        if (chosen === undefined) return bad();
        const failed: { id: string; code: string }[] = [];
        let replayed = 0;
        // one by one: in the order in which they failed
        for (const letter of chosen.letters) {
          const bytes = await box.body(letter.id);
          const code = bytes === undefined ? 'gone' : await host.replay(letter, bytes);
          if (code === 'replayed') {
            await box.remove([letter.id]);
            replayed++;
          } else failed.push({ id: letter.id, code });
        }
        if (replayed > 0) host.onDone('replayed', replayed);
        for (const id of chosen.missing) failed.push({ id, code: 'gone' });
        return ok({ replayed, failed } satisfies ReplayedView);
      },
    },
    {
      method: 'POST',
      path: '/deadletters/purge',
      handle: async (_params, _query, body) => {
        const chosen = choose(body, host);
        if (chosen === undefined) return bad();
        const purged = await box.remove(chosen.letters.map(({ id }) => id));
        if (purged > 0) host.onDone('purged', purged);
        return ok({ purged });
      },
    },
  ];
}

interface Chosen {
  readonly letters: readonly DeadLetter[];
  readonly missing: readonly string[];
}

/** The letters that a request is about: `{ids}`, or `{all: true}` with `to` and `olderThanMs`; undefined for neither. */
function choose(body: Readonly<Record<string, unknown>>, { box, wall }: DeadLetterHost): Chosen | undefined {
  const { ids, all, to, olderThanMs = 0 } = body;
  if (Array.isArray(ids) && ids.length > 0 && ids.every((id) => typeof id === 'string')) {
    const letters = ids.map((id) => box.get(id)).filter((letter) => letter !== undefined);
    return { letters, missing: ids.filter((id) => box.get(id) === undefined) };
  }
  if (all !== true || !(to === undefined || typeof to === 'string')) return undefined;
  if (typeof olderThanMs !== 'number' || !(olderThanMs >= 0)) return undefined;
  const before = wall() - olderThanMs;
  const letters = box.list().filter((letter) => (to === undefined || letter.to === to) && letter.failedAt <= before);
  return { letters, missing: [] };
}

const ok = (body: unknown): AdminAnswer => ({ status: 200, body });

function bad(): AdminAnswer {
  return refused('the body is {"ids":["..."]}, or {"all":true} with "to" and "olderThanMs" where wanted');
}

function refused(detail: string): AdminAnswer {
  return { status: 400, body: { error: 'bad_option', detail } };
}
