/** One step of a random run. Users are numbers; `bombs` says how often the handling of that frame will crash. */
export type Step =
  | {
      readonly do: 'connect';
      readonly user: number;
      readonly window: number;
      readonly fresh: boolean;
      readonly bombs: number;
    }
  | { readonly do: 'cut'; readonly user: number; readonly lose: boolean }
  | { readonly do: 'send'; readonly user: number; readonly to: number; readonly ttl: boolean; readonly bombs: number }
  | { readonly do: 'read'; readonly user: number; readonly bombs: number }
  | { readonly do: 'receive'; readonly user: number; readonly messages: number }
  | { readonly do: 'ack'; readonly user: number; readonly share: number }
  | { readonly do: 'run' }
  | { readonly do: 'flush' }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'purge'; readonly user: number }
  | { readonly do: 'fail' }
  | { readonly do: 'crash'; readonly lose: boolean };

/** A stream of numbers in [0, 1). */
export type Random = () => number;

/** How often each step comes, by weight. */
const weights: readonly (readonly [number, (random: Random, users: number) => Step])[] = [
  [10, connect],
  [4, (r, n) => ({ do: 'cut', user: int(r, n), lose: r() < 0.6 })],
  [
    30,
    (r, n) => ({ do: 'send', user: int(r, n), to: int(r, n), ttl: r() < 0.1, bombs: r() < 0.06 ? 1 + int(r, 3) : 0 }),
  ],
  [4, (r, n) => ({ do: 'read', user: int(r, n), bombs: r() < 0.1 ? 1 + int(r, 3) : 0 })],
  [24, (r, n) => ({ do: 'receive', user: int(r, n), messages: r() < 0.5 ? 1 : 100 })],
  [24, (r, n) => ({ do: 'ack', user: int(r, n), share: r() < 0.6 ? 1 : r() })],
  [24, () => ({ do: 'run' })],
  [12, () => ({ do: 'flush' })],
  [8, (r) => ({ do: 'pass', ms: r() < 0.7 ? 1 + int(r, 6) : 400 + int(r, 3_000) })],
  [2.5, (r, n) => ({ do: 'purge', user: int(r, n) })],
  [1, () => ({ do: 'fail' })],
  [3, (r) => ({ do: 'crash', lose: r() < 0.6 })],
];

const total = weights.reduce((sum, [weight]) => sum + weight, 0);

function connect(random: Random, users: number): Step {
  const window = random() < 0.4 ? 1 + int(random, 2) : 256;
  return { do: 'connect', user: int(random, users), window, fresh: random() < 0.08, bombs: random() < 0.1 ? 3 : 0 };
}

/** A random step among `users` users. */
export function randomStep(random: Random, users: number): Step {
  let at = random() * total;
  for (const [weight, make] of weights) {
    if (at < weight) return make(random, users);
    at -= weight;
  }
  return { do: 'run' };
}

function int(random: Random, below: number): number {
  return Math.floor(random() * below);
}
