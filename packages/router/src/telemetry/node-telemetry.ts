import { hostname } from 'node:os';
import { AlertmanagerSink, LogSink, Telemetry, WebhookSink } from '@mailbeam/telemetry';
import type { Alert, ConsumerDetails, DeadLetterFigures, Delivery, MailboxClass } from '@mailbeam/telemetry';
import type { Config } from '../config/index.js';
import type { Core } from '../core.js';
import type { Logger } from '../log/log.js';
import { VERSION } from '../version.js';
import { actorConsumer, serviceConsumer, sessionConsumer } from './consumer.js';
import type { Consumer } from './consumer.js';
import type { AlertSettings } from './alert-settings.js';
import type { LastLoads } from './last-loads.js';
import { nodeFigures } from './node-figures.js';
import { waitingSenders } from './waiting-senders.js';

/** What the telemetry of a node is made of, besides its core and its configuration. */
export interface TelemetryParts {
  /** Of the pseudonyms. */
  readonly key: Uint8Array;
  readonly loads: LastLoads;
  /** What operators set while nodes before this one ran; default: nothing. */
  readonly settings?: AlertSettings;
  /** Client connections, now. */
  readonly connections: () => number;
  /** Default: nothing was ever given up. */
  readonly deadLetters?: () => DeadLetterFigures;
}

/** Statistics, metrics and alerts of a node. It is fed once `core.measureWith` has it. */
export function openTelemetry(
  core: Core,
  config: Config,
  { key, loads, connections, deadLetters, settings }: TelemetryParts,
): Telemetry {
  const telemetry: Telemetry = new Telemetry(
    {
      system: core.system,
      figures: () => nodeFigures(core, connections(), VERSION, deadLetters?.()),
      describe: (name, className) => describe(name, className),
      sendersOf: (name) => (isActor(name) ? [] : waitingSenders(name, core)),
      lastLoad: (behaviour) => loads.of(behaviour),
      switchedOff: () => core.interceptors.switchedOff(),
      // what waits for a service is in the mailbox of its name already
      classOf: () => 'system',
    },
    {
      now: core.clock.mono,
      key,
      clearNames: config.privacy.clearNames,
      rules: settings?.rules ?? config.alerts.rules,
      top: config.telemetry.top,
      topFloor: config.telemetry.topFloor,
      alerts: { groupAbove: config.alerts.groupAbove },
    },
  );
  telemetry.alerts.restoreSilences(settings?.silences ?? []);
  return telemetry;

  function describe(name: string, className: MailboxClass): ConsumerDetails {
    const consumer = consumerOf(name, className);
    return { ...consumer, lastLoad: loads.of(consumer.behaviour) };
  }

  function consumerOf(name: string, className: MailboxClass): Consumer {
    if (isActor(name)) return actorConsumer(telemetry.actors.infoOf(name));
    if (className === 'service') return serviceConsumer(core.services.find(name), core);
    return sessionConsumer(core.portOf(name), core);
  }
}

/** An actor's own mailbox: `#17 bank`. */
const isActor = (name: string): boolean => /^#\d+ /.test(name);

/** Sends alerts where the configuration says. @param port of this router, in its name among others */
export function addSinks(telemetry: Telemetry, config: Config, port: number, log: Logger): void {
  const { alertmanager, webhook, instance, externalUrl } = config.alerts;
  const onDelivery = (delivery: Delivery): void => {
    telemetry.deliveries.add(delivery);
    if (delivery.outcome !== 'delivered') log.warn({ delivery }, `alerts did not reach the ${delivery.sink}`);
  };
  const options = {
    onDelivery,
    instance: instance === '' ? `${hostname()}:${port}` : instance,
    ...(externalUrl !== '' && { externalUrl }),
  };
  telemetry.addSink(new LogSink(log));
  const current = (): Alert[] => telemetry.alerts.alerts();
  if (alertmanager !== '') telemetry.addSink(new AlertmanagerSink({ ...options, url: alertmanager, current }));
  if (webhook !== '') telemetry.addSink(new WebhookSink({ ...options, url: webhook }));
}
