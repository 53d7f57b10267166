import { columns, Machine, readProcess, Recorder } from '@mailbeam/telemetry';
import type { Telemetry } from '@mailbeam/telemetry';
import type { Activity } from '@mailbeam/telemetry/activity';
import type { Config } from '../config/index.js';
import type { Logger } from '../log/log.js';

const SECONDS_AN_HOUR = 3_600;

/** What a node records of itself. */
export interface NodeRecorder {
  /** The last so many seconds; undefined: it does not record. */
  last(seconds: number): Promise<Activity | undefined>;
  close(): Promise<void>;
}

/** Records once a second what machine, process and router do. */
export function startRecorder(telemetry: Telemetry, config: Config, log: Logger): NodeRecorder {
  const { recordedHours } = config.telemetry;
  if (recordedHours === 0) return { last: () => Promise.resolve(undefined), close: () => Promise.resolve() };
  const machine = new Machine();
  const recorder = new Recorder({
    data: config.data,
    capacity: recordedHours * SECONDS_AN_HOUR,
    columns,
    sample: () => ({ machine: machine.read(), process: readProcess(), router: telemetry.reading() }),
    onTrouble: (error) => log.warn({ err: error }, 'the activity of this node is not recorded'),
  });
  return {
    last: (seconds) => recorder.last(seconds),
    async close() {
      await recorder.close();
      machine.close();
    },
  };
}
