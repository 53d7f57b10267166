import type { MigrateRequest, Migration } from './check-messages.js';
import { messageOf } from './errors.js';
import { stateShape } from './state-shape.js';

const MOST_ERRORS = 5;
const MOST_SHAPES = 20;

/** Tries `codeChange` on copies of states and says what became of them; runs in the thread of a check. */
export function migrateCopies(module: object, { from, states }: MigrateRequest): Migration {
  const { codeChange } = module as { codeChange?: (state: unknown, from: string) => unknown };
  const errors = new Set<string>();
  const shapes = new Map<string, { before: string; after: string; count: number }>();
  let threw = 0;
  for (const state of states) {
    const before = stateShape(state);
    try {
      const after = stateShape(codeChange === undefined ? state : codeChange.call(module, state, from));
      const key = `${before}\n${after}`;
      const known = shapes.get(key);
      if (known === undefined) shapes.set(key, { before, after, count: 1 });
      else known.count++;
    } catch (error) {
      threw++;
      if (errors.size < MOST_ERRORS) errors.add(messageOf(error).slice(0, 500));
    }
  }
  const found = [...shapes.values()].sort((a, b) => b.count - a.count).slice(0, MOST_SHAPES);
  return { moved: states.length - threw, threw, errors: [...errors], shapes: found };
}
