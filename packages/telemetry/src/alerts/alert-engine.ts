import type { RestartCounts } from '../actors/restart-counts.js';
import type { MailboxClass } from '../mailbox-class.js';
import { resolveAlertOptions } from '../options.js';
import type { AlertOptions, ResolvedAlertOptions } from '../options.js';
import type { Filler } from '../statistics/heavy-hitters.js';
import type { MailboxStatistics } from '../statistics/mailbox-statistics.js';
import { subjectOf } from './alert-rule.js';
import type { AlertRule, Subject } from './alert-rule.js';
import type { AlertSource } from './alert-source.js';
import type { AlertLevel } from './alert-state.js';
import type { Alert, AlertEvent, ConsumerDetails } from './alert.js';
import { composeAlert } from './compose-alert.js';
import { MailboxSource } from './mailbox-source.js';
import { RestartSource } from './restart-source.js';
import { RuleWatch } from './rule-watch.js';
import type { Tracked } from './rule-watch.js';
import { parseRules } from './rule-schema.js';
import { Silences } from './silences.js';
import type { Silence, SilenceRequest } from './silences.js';
import { SwitchedOffSource } from './switched-off-source.js';
import type { SwitchedOff } from './switched-off-source.js';
import { tellChanges } from './telling.js';

/** What an engine asks of its node, only when there is something to tell. */
export interface AlertHost {
  /** How a name may be shown: users by pseudonym unless names may be clear. */
  show(name: string, className: MailboxClass | null): string;
  /** What is known of whoever takes messages out of a mailbox. */
  describe(name: string, className: MailboxClass): ConsumerDetails;
  /** Who sent what waits in a mailbox, the most first, as far as that is looked through; [] where it cannot be. */
  sendersOf(name: string, className: MailboxClass): readonly Filler[];
  /** The last load of a behaviour's code; where that has never changed, of any. */
  lastLoad(behaviour: string): ConsumerDetails['lastLoad'];
  /** Interceptors that are switched off and would be asked otherwise; read each round. */
  switchedOff(): readonly SwitchedOff[];
  /** Hears of every change; must not throw. */
  onEvent(event: AlertEvent): void;
}

/** So many mailboxes are found, or looked through for what is to be told, in the time in which one is judged. */
const CHEAPER = 8;

/**
 * Judges mailboxes and versions of code by alert rules, round after round, a slice at each {@link tick}. Time is passed in.
 */
export class AlertEngine {
  readonly #statistics: MailboxStatistics;
  readonly #host: AlertHost;
  readonly #options: ResolvedAlertOptions;
  readonly #sources: Readonly<Record<Subject, AlertSource>>;
  readonly #silences = new Silences();
  #rules: readonly AlertRule[] = [];
  #watches: RuleWatch[] = [];
  /** Index of the rule that is being looked at; -1 between rounds. */
  #at = -1;
  #nextRoundAt = 0;
  #now = 0;
  #wall = 0;

  constructor(statistics: MailboxStatistics, restarts: RestartCounts, host: AlertHost, options: AlertOptions = {}) {
    this.#statistics = statistics;
    this.#host = host;
    this.#options = resolveAlertOptions(options);
    this.#sources = {
      mailboxes: new MailboxSource(statistics),
      restarts: new RestartSource(restarts, () => this.#now),
      switchedOff: new SwitchedOffSource(() => host.switchedOff()),
    };
  }

  /**
   * Goes on looking; call it a few times a second, after the statistics were settled.
   * @param now monotonic ms
   * @param wall ms since the epoch
   */
  tick(now: number, wall: number): void {
    this.#now = now;
    this.#wall = wall;
    if (this.#at < 0) {
      if (now < this.#nextRoundAt || this.#watches.length === 0) return;
      this.#nextRoundAt = now + this.#options.roundMs;
      this.#begin(0);
    }
    const slice = this.#options.sliceReadings;
    let left = slice;
    while (this.#at >= 0 && left > 0) {
      const watch = this.#watches[this.#at]!;
      left = watch.run(left, now);
      const telling = Math.ceil(watch.tracked.size / CHEAPER);
      // telling of thousands has a tick of its own
      if (left === 0 || (telling > left && left < slice)) return;
      this.#tell(watch);
      this.#begin(this.#at + 1);
      left -= telling + Math.ceil((this.#watches[this.#at]?.candidates ?? 0) / CHEAPER);
    }
  }

  #begin(at: number): void {
    this.#at = at < this.#watches.length ? at : -1;
    this.#watches[this.#at]?.begin(this.#options.maxCandidates);
  }

  #tell(watch: RuleWatch): void {
    const { groupAbove } = this.#options;
    tellChanges(
      watch,
      {
        groupAbove,
        isSilenced: (of, one) => this.#silenceOf(of, one) !== undefined,
        tell: (type, of, members, isGroup) => this.#host.onEvent({ type, alert: this.#compose(of, members, isGroup) }),
      },
      this.#now,
    );
  }

  // ---- rules

  get rules(): readonly AlertRule[] {
    return this.#rules;
  }

  /**
   * Judges by these rules from now on. A rule that is there again, by its name, goes on with what fires by it; what fires
   * by one that is not is over.
   * @param given as a configuration says it, defaults left out. @throws TelemetryError `bad_rule`; then nothing has changed
   */
  setRules(given: unknown): void {
    const rules = parseRules(given);
    const before = new Map(this.#watches.map((watch) => [watch.rule.name, watch]));
    this.#rules = rules;
    this.#watches = rules.map((rule) => {
      const source = this.#sources[subjectOf(rule)];
      const watch = before.get(rule.name);
      if (watch === undefined || subjectOf(watch.rule) !== subjectOf(rule)) return new RuleWatch(rule, source);
      before.delete(rule.name);
      watch.change(rule, source);
      return watch;
    });
    for (const watch of before.values()) this.#end(watch);
    this.#at = -1;
    this.#nextRoundAt = 0;
  }

  #end(watch: RuleWatch): void {
    for (const one of watch.tracked.values()) one.state.level = 'ok';
    this.#tell(watch);
  }

  // ---- silences

  /** @throws TelemetryError `bad_silence`, `too_many_silences` */
  silence(request: SilenceRequest, wall: number): Silence {
    return this.#silences.add(request, wall);
  }

  /** Takes in silences from before, under the same ids; those that have ended are forgotten by themselves. */
  restoreSilences(silences: readonly Silence[]): void {
    this.#silences.restore(silences);
  }

  /** @throws TelemetryError `unknown_silence` */
  endSilence(id: string): void {
    this.#silences.end(id);
  }

  silences(wall: number): Silence[] {
    return this.#silences.list(wall);
  }

  #silenceOf(watch: RuleWatch, { name, class: className }: Tracked): Silence | undefined {
    if (this.#silences.isEmpty) return undefined;
    const shownName = this.#host.show(name, className);
    return this.#silences.covering({ rule: watch.rule.name, class: className, name, shownName }, this.#wall);
  }

  // ---- what fires

  /** Everything that fires and is told, many at once as one. */
  alerts(): Alert[] {
    return this.#watches.flatMap((watch) => {
      const told = [...watch.tracked.values()].filter((one) => one.told !== null && one.state.level !== 'ok');
      const group = told.filter(({ isInGroup }) => isInGroup);
      const single = told.filter(({ isInGroup }) => !isInGroup).map((one) => this.#compose(watch, [one], false));
      return group.length > 0 ? [this.#compose(watch, group, true), ...single] : single;
    });
  }

  /** How bad the worst is that fires and is told. */
  get worst(): AlertLevel {
    let worst: AlertLevel = 'ok';
    for (const { tracked } of this.#watches) {
      for (const { told } of tracked.values()) {
        if (told === 'critical') return 'critical';
        if (told !== null) worst = told;
      }
    }
    return worst;
  }

  /** Mailboxes and behaviours that fire and are told, by rule and severity. */
  firing(): { readonly rule: string; readonly warning: number; readonly critical: number }[] {
    return this.#watches.map(({ rule, tracked }) => {
      let [warning, critical] = [0, 0];
      for (const { told } of tracked.values()) {
        if (told === 'critical') critical++;
        else if (told === 'warning') warning++;
      }
      return { rule: rule.name, warning, critical };
    });
  }

  #compose(watch: RuleWatch, members: readonly Tracked[], isGroup: boolean): Alert {
    const times = { now: this.#now, wall: this.#wall };
    return composeAlert(watch, members, isGroup, times, this.#statistics, this.#host);
  }
}
