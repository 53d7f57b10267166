import type { ActorInfo, ActorSystem } from '@mailbeam/actors';
import type { RouterReading } from './activity/columns.js';
import { ActorWatch } from './actors/actor-watch.js';
import { RestartCounts } from './actors/restart-counts.js';
import { AlertEngine } from './alerts/alert-engine.js';
import type { AlertHost } from './alerts/alert-engine.js';
import type { AlertEvent } from './alerts/alert.js';
import { defaultRules } from './alerts/default-rules.js';
import { mailboxClasses } from './mailbox-class.js';
import type { MailboxClass } from './mailbox-class.js';
import { registerMailboxMetrics } from './metrics/mailbox-metrics.js';
import { Metrics } from './metrics/metrics.js';
import type { Scrape } from './metrics/metrics.js';
import { NodeHistograms } from './metrics/node-figures.js';
import type { NodeFigures } from './metrics/node-figures.js';
import { registerNodeMetrics } from './metrics/node-metrics.js';
import { ProcessMetrics } from './metrics/process-metrics.js';
import type { AlertOptions, StatisticsOptions } from './options.js';
import { resolveTopOptions } from './options.js';
import { Pseudonyms } from './pseudonyms.js';
import type { AlertSink } from './sinks/alert-sink.js';
import { DeliveryCounts } from './sinks/delivery-counts.js';
import { EventHub } from './sinks/event-hub.js';
import { summarize } from './statistics/class-summary.js';
import { MailboxStatistics } from './statistics/mailbox-statistics.js';

/** What telemetry asks of its node. */
export interface TelemetryHost extends Pick<AlertHost, 'describe' | 'sendersOf' | 'lastLoad' | 'switchedOff'> {
  readonly system: Pick<ActorSystem, 'info' | 'onMailboxGrowth'>;
  /** Read at each scrape. */
  figures(): NodeFigures;
  /** Default: `service` and `group` by the actor's class, `system` for every other. */
  readonly classOf?: (info: ActorInfo) => MailboxClass;
}

/** Options of `Telemetry`; what has no default must be given. */
export interface TelemetryOptions {
  /** Monotonic ms, above 0: the clock that {@link Telemetry.turn} goes on with. */
  readonly now: number;
  /** Key of the pseudonyms, at least 16 bytes. */
  readonly key: Uint8Array;
  /** Shows names of users as they are. Default false. */
  readonly clearNames?: boolean;
  /** Alert rules, as a configuration says them. Default: `defaultRules`. */
  readonly rules?: unknown;
  /** Mailboxes of each class that have series of their own; 0 to 1,000. Default 20. */
  readonly top?: number;
  /** ... if they have so many messages; 1 to 1,000,000. Default 100. */
  readonly topFloor?: number;
  readonly statistics?: StatisticsOptions;
  readonly alerts?: AlertOptions;
}

const BEAT_MS = 15_000;

/** All of it, for one node: statistics, metrics, alerts. The node calls {@link turn} and {@link tick}, and tells what happens. */
export class Telemetry {
  readonly statistics: MailboxStatistics;
  readonly actors: ActorWatch;
  readonly restarts = new RestartCounts();
  readonly histograms = new NodeHistograms();
  readonly names: Pseudonyms;
  readonly alerts: AlertEngine;
  /** For `GET /alerts/stream`. */
  readonly events = new EventHub();
  readonly metrics: Metrics;
  /** Give its `add` to sinks as `onDelivery`. */
  readonly deliveries = new DeliveryCounts();
  readonly #sinks: AlertSink[] = [this.events];
  readonly #process = new ProcessMetrics();
  readonly #host: TelemetryHost;
  #beatAt = 0;

  /** @throws TelemetryError `bad_option`, `bad_rule` */
  constructor(host: TelemetryHost, options: TelemetryOptions) {
    const { now, key, clearNames = false, rules = defaultRules } = options;
    const top = resolveTopOptions(options);
    this.#host = host;
    this.statistics = new MailboxStatistics(now, options.statistics);
    this.actors = new ActorWatch(host.system, this.statistics, host.classOf);
    this.names = new Pseudonyms(key, clearNames);
    const alertHost: AlertHost = {
      show: (name, className) => this.names.show(name, className),
      describe: (name, className) => host.describe(name, className),
      sendersOf: (name, className) => host.sendersOf(name, className),
      lastLoad: (behaviour) => host.lastLoad(behaviour),
      switchedOff: () => host.switchedOff(),
      onEvent: (event) => this.#tell(event),
    };
    this.alerts = new AlertEngine(this.statistics, this.restarts, alertHost, options.alerts);
    this.alerts.setRules(rules);
    this.metrics = new Metrics((registry) => {
      registerMailboxMetrics(registry, this.statistics, this.names, top);
      registerNodeMetrics(registry, {
        figures: () => host.figures(),
        now: () => this.statistics.decay.now,
        switchedOff: () => host.switchedOff(),
        histograms: this.histograms,
        restarts: this.restarts,
        alerts: this.alerts,
        deliveries: this.deliveries,
      });
      this.#process.register(registry);
    });
  }

  /** Sends alerts there too, from the next change on. */
  addSink(sink: AlertSink): void {
    this.#sinks.push(sink);
  }

  /** Begins a turn. @param now monotonic ms */
  turn(now: number): void {
    this.statistics.turn(now);
  }

  /** Something has come that the node works on; called at least once in every round of the event loop in which that is so. */
  busy(): void {
    this.#process.busy();
  }

  /**
   * What is done a few times a second: actors looked at, statistics settled, rules judged.
   * @param now monotonic ms
   * @param wall ms since the epoch
   */
  tick(now: number, wall: number): void {
    this.statistics.turn(now);
    this.actors.tick();
    this.statistics.settle();
    this.statistics.sweep();
    this.alerts.tick(now, wall);
    this.#process.tick();
    if (now < this.#beatAt) return;
    this.#beatAt = now + BEAT_MS;
    this.events.beat();
  }

  /** @param accept the header `Accept` of the request */
  scrape(accept: string | undefined): Promise<Scrape> {
    this.statistics.settle();
    this.#process.refresh();
    return this.metrics.scrape(accept);
  }

  /** The totals of all that is counted here, for the activity recorder. */
  reading(): RouterReading {
    const { statistics, histograms, restarts, alerts, deliveries } = this;
    statistics.settle();
    const firing = alerts.firing();
    return {
      figures: this.#host.figures(),
      histograms,
      collections: this.#process.collections,
      longestHold: this.#process.takeLongestHold(),
      restarts: restarts.counts(statistics.decay.now).reduce((sum, { total }) => sum + total, 0),
      switchedOff: this.#host.switchedOff().length,
      alertsWarning: firing.reduce((sum, { warning }) => sum + warning, 0),
      alertsCritical: firing.reduce((sum, { critical }) => sum + critical, 0),
      deliveries: deliveries.samples().reduce((sum, [, count]) => sum + count, 0),
      classes: mailboxClasses.map((name) => statistics.of(name)),
      oldest: summarize(statistics).map(({ oldestSeconds }) => oldestSeconds),
    };
  }

  #tell(event: AlertEvent): void {
    for (const sink of this.#sinks) sink.tell(event);
  }

  async close(): Promise<void> {
    this.actors.close();
    this.#process.close();
    await Promise.all(this.#sinks.map((sink) => sink.close()));
  }
}
