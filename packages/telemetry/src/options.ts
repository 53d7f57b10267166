import { TelemetryError } from './errors.js';

/** Options of `MailboxStatistics`. */
export interface StatisticsOptions {
  /** Mailboxes with fewer messages are in no ranking by depth or growth; 1 to 1,000,000. Default 8. */
  readonly rankFrom?: number;
  /** An away mailbox with fewer messages is only a part of the sums once it has left memory; 1 to 1,000,000. Default 100. */
  readonly keepFrom?: number;
  /** From so many messages on a mailbox's senders are counted, until it is half as deep; 2 to 1,000,000. Default 256. */
  readonly fillersFrom?: number;
  /** Mailboxes whose senders are counted at a time; 0 to 100,000. Default 1,024. */
  readonly fillers?: number;
  /** An empty mailbox in which nothing happened for so long gives its slot back, ms; 1,000 to 86,400,000. Default 300,000. */
  readonly quietMs?: number;
}

export type ResolvedStatisticsOptions = Readonly<Required<StatisticsOptions>>;

export const statisticsDefaults: ResolvedStatisticsOptions = Object.freeze({
  rankFrom: 8,
  keepFrom: 100,
  fillersFrom: 256,
  fillers: 1_024,
  quietMs: 300_000,
});

const statisticsRanges: Ranges<ResolvedStatisticsOptions> = {
  rankFrom: [1, 1_000_000],
  keepFrom: [1, 1_000_000],
  fillersFrom: [2, 1_000_000],
  fillers: [0, 100_000],
  quietMs: [1_000, 86_400_000],
};

/** Options of `AlertEngine`. */
export interface AlertOptions {
  /** When more mailboxes than this fire by one rule at a time, they are told as one alert; 1 to 1,000. Default 10. */
  readonly groupAbove?: number;
  /** Mailboxes that one rule looks at in a round, the worst first or nearly so; 100 to 1,000,000. Default 10,000. */
  readonly maxCandidates?: number;
  /** Mailboxes that are judged in one go, so that the event loop is not held; 10 to 100,000. Default 1,000. */
  readonly sliceReadings?: number;
  /** Time from the start of one round to the next, ms; 100 to 60,000. Default 1,000. */
  readonly roundMs?: number;
}

export type ResolvedAlertOptions = Readonly<Required<AlertOptions>>;

export const alertDefaults: ResolvedAlertOptions = Object.freeze({
  groupAbove: 10,
  maxCandidates: 10_000,
  sliceReadings: 1_000,
  roundMs: 1_000,
});

const alertRanges: Ranges<ResolvedAlertOptions> = {
  groupAbove: [1, 1_000],
  maxCandidates: [100, 1_000_000],
  sliceReadings: [10, 100_000],
  roundMs: [100, 60_000],
};

/** Which mailboxes have series of their own. */
export interface TopOptions {
  readonly top: number;
  readonly topFloor: number;
}

export const topDefaults: TopOptions = Object.freeze({ top: 20, topFloor: 100 });

const topRanges: Ranges<TopOptions> = { top: [0, 1_000], topFloor: [1, 1_000_000] };

type Ranges<T> = { readonly [K in keyof T]: readonly [least: number, most: number] };

/** Fills in the defaults. @throws TelemetryError `bad_option`, naming the option */
export function resolveStatisticsOptions(given: StatisticsOptions): ResolvedStatisticsOptions {
  return resolve(given, statisticsDefaults, statisticsRanges);
}

/** Fills in the defaults. @throws TelemetryError `bad_option`, naming the option */
export function resolveAlertOptions(given: AlertOptions): ResolvedAlertOptions {
  return resolve(given, alertDefaults, alertRanges);
}

/** Fills in the defaults. @throws TelemetryError `bad_option`, naming the option */
export function resolveTopOptions({ top, topFloor }: Partial<TopOptions>): TopOptions {
  const given = { ...(top !== undefined && { top }), ...(topFloor !== undefined && { topFloor }) };
  return resolve(given, topDefaults, topRanges);
}

function resolve<T extends object>(given: Partial<T>, defaults: T, ranges: Ranges<T>): T {
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [name, value] of set) {
    const range = Object.hasOwn(ranges, name) ? ranges[name as keyof T] : undefined;
    if (range === undefined) throw new TelemetryError('bad_option', `${name} is not known`);
    const [least, most] = range;
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
      throw new TelemetryError('bad_option', `${name} is ${String(value)}; allowed is ${least} to ${most}`);
  }
  return Object.freeze({ ...defaults, ...(Object.fromEntries(set) as Partial<T>) });
}
