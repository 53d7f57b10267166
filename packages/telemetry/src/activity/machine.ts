import { existsSync, readdirSync } from 'node:fs';
import { cpuTimes, diskCounts, kernelCounts, memorySizes, pressureSeconds, trafficCounts } from './machine-reading.js';
import type { MachineReading } from './machine-reading.js';
import { ProcFile } from './proc-file.js';

const files = {
  stat: '/proc/stat',
  meminfo: '/proc/meminfo',
  network: '/proc/net/dev',
  disks: '/proc/diskstats',
  load: '/proc/loadavg',
  cpuPressure: '/proc/pressure/cpu',
  ioPressure: '/proc/pressure/io',
  memoryPressure: '/proc/pressure/memory',
} as const;

/** The machine that this process runs on. Elsewhere than on Linux its readings are NaN. */
export class Machine {
  readonly #files = Object.fromEntries(
    Object.entries(files).map(([name, path]) => [name, new ProcFile(path)]),
  ) as Readonly<Record<keyof typeof files, ProcFile>>;
  readonly #isDisk = wholeDisks();

  read(): MachineReading {
    const { stat, meminfo, network, disks, load, cpuPressure, ioPressure, memoryPressure } = this.#files;
    const statText = stat.read();
    const networkText = network.read();
    return {
      cpu: cpuTimes(statText),
      kernel: kernelCounts(statText),
      memory: memorySizes(meminfo.read()),
      network: trafficCounts(networkText, (name) => name !== 'lo'),
      loopback: trafficCounts(networkText, (name) => name === 'lo'),
      disk: diskCounts(disks.read(), this.#isDisk),
      pressure: {
        cpu: pressureSeconds(cpuPressure.read()),
        io: pressureSeconds(ioPressure.read()),
        memory: pressureSeconds(memoryPressure.read()),
      },
      load: Number.parseFloat(load.read()),
    };
  }

  close(): void {
    for (const file of Object.values(this.#files)) file.close();
  }
}

/** Which devices are disks and not a part of one, nor something that lies on one. */
function wholeDisks(): (name: string) => boolean {
  const names = listed('/sys/block').filter((name) => existsSync(`/sys/block/${name}/device`));
  if (names.length > 0) return (name) => names.includes(name);
  return (name) => /^([hsv]d[a-z]+|xvd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/.test(name);
}

function listed(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return []; // no Linux, or a container that does not show it
  }
}
