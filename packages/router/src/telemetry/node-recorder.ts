import { columns, Machine, readProcess, Recorder } from '@mailbeam/telemetry';
import type { Telemetry } from '@mailbeam/telemetry';
import type { Config } from '../config/index.js';
import type { Logger } from '../log/log.js';

const SECONDS_AN_HOUR = 3_600;

/** Records once a second what machine, process and router do. Returns what ends it. */
export function startRecorder(telemetry: Telemetry, config: Config, log: Logger): () => Promise<void> {
  const { recordedHours } = config.telemetry;
  if (recordedHours === 0) return () => Promise.resolve();
  const machine = new Machine();
  const recorder = new Recorder({
    data: config.data,
    capacity: recordedHours * SECONDS_AN_HOUR,
    columns,
    sample: () => ({ machine: machine.read(), process: readProcess(), router: telemetry.reading() }),
    onTrouble: (error) => log.warn({ err: error }, 'the activity of this node is not recorded'),
  });
  return async () => {
    await recorder.close();
    machine.close();
  };
}
