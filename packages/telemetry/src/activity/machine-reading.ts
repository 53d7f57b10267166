/** What the kernel counts, as `/proc` says it; NaN: it does not say. Counts go on since the machine was started. */
export interface MachineReading {
  readonly cpu: CpuTimes;
  readonly kernel: KernelCounts;
  readonly memory: MemorySizes;
  /** All interfaces but loopback, together. */
  readonly network: TrafficCounts;
  readonly loopback: TrafficCounts;
  readonly disk: DiskCounts;
  /** For how long some task had to wait for it, s. */
  readonly pressure: { readonly cpu: number; readonly io: number; readonly memory: number };
  /** Tasks that run or wait to, over a minute. */
  readonly load: number;
}

/** Time of all processors by kind, s. */
export interface CpuTimes {
  readonly user: number;
  readonly nice: number;
  readonly system: number;
  readonly idle: number;
  readonly iowait: number;
  readonly irq: number;
  readonly softirq: number;
  readonly steal: number;
}

export interface KernelCounts {
  readonly contextSwitches: number;
  readonly interrupts: number;
  readonly forks: number;
  /** Tasks that run or could, now, and those that wait for a disk. */
  readonly running: number;
  readonly blocked: number;
}

/** Bytes. */
export interface MemorySizes {
  readonly total: number;
  readonly free: number;
  readonly available: number;
  readonly cached: number;
  readonly dirty: number;
  readonly swapUsed: number;
}

export interface TrafficCounts {
  readonly rxBytes: number;
  readonly rxPackets: number;
  readonly rxLost: number;
  readonly txBytes: number;
  readonly txPackets: number;
  readonly txLost: number;
}

/** Whole disks, together. */
export interface DiskCounts {
  readonly reads: number;
  readonly readBytes: number;
  readonly writes: number;
  readonly writtenBytes: number;
  /** Time with something to do, s. */
  readonly busy: number;
}

/** USER_HZ, the unit of `/proc/stat`: 100 on every Linux there is. */
const TICKS_A_SECOND = 100;
/** The unit of `/proc/diskstats`, whatever the disk has. */
const SECTOR_BYTES = 512;

/** @param stat `/proc/stat` */
export function cpuTimes(stat: string): CpuTimes {
  const [user, nice, system, idle, iowait, irq, softirq, steal] = numbersAfter(stat, 'cpu ').map(
    (ticks) => ticks / TICKS_A_SECOND,
  );
  return {
    ...{ user: user ?? NaN, nice: nice ?? NaN, system: system ?? NaN, idle: idle ?? NaN },
    ...{ iowait: iowait ?? NaN, irq: irq ?? NaN, softirq: softirq ?? NaN, steal: steal ?? NaN },
  };
}

/** @param stat `/proc/stat` */
export function kernelCounts(stat: string): KernelCounts {
  return {
    contextSwitches: numberAfter(stat, '\nctxt '),
    interrupts: numberAfter(stat, '\nintr '),
    forks: numberAfter(stat, '\nprocesses '),
    running: numberAfter(stat, '\nprocs_running '),
    blocked: numberAfter(stat, '\nprocs_blocked '),
  };
}

/** @param meminfo `/proc/meminfo` */
export function memorySizes(meminfo: string): MemorySizes {
  const bytes = (name: string): number => numberAfter(`\n${meminfo}`, `\n${name}:`) * 1_024;
  return {
    total: bytes('MemTotal'),
    free: bytes('MemFree'),
    available: bytes('MemAvailable'),
    cached: bytes('Cached'),
    dirty: bytes('Dirty'),
    swapUsed: bytes('SwapTotal') - bytes('SwapFree'),
  };
}

/** @param dev `/proc/net/dev` @param counts which interfaces */
export function trafficCounts(dev: string, counts: (name: string) => boolean): TrafficCounts {
  const sums = new Float64Array(16).fill(dev === '' ? NaN : 0);
  for (const line of dev.split('\n')) {
    const colon = line.indexOf(':');
    if (colon === -1 || !counts(line.slice(0, colon).trim())) continue;
    for (const [i, value] of fields(line.slice(colon + 1)).entries()) if (i < sums.length) sums[i]! += value;
  }
  const [rxBytes, rxPackets, rxErrors, rxDropped, , , , , txBytes, txPackets, txErrors, txDropped] = sums;
  return {
    ...{ rxBytes: rxBytes!, rxPackets: rxPackets!, rxLost: rxErrors! + rxDropped! },
    ...{ txBytes: txBytes!, txPackets: txPackets!, txLost: txErrors! + txDropped! },
  };
}

/** @param diskstats `/proc/diskstats` @param counts which devices: those that are part of another must not be among them */
export function diskCounts(diskstats: string, counts: (name: string) => boolean): DiskCounts {
  const sums = new Float64Array(10).fill(diskstats === '' ? NaN : 0);
  for (const line of diskstats.split('\n')) {
    const [, , name = '', ...values] = line.trim().split(/ +/);
    if (name === '' || !counts(name)) continue;
    for (let i = 0; i < sums.length; i++) sums[i]! += Number(values[i] ?? 0);
  }
  const [reads, , readSectors, , writes, , writtenSectors, , , busyMs] = sums;
  return {
    ...{ reads: reads!, readBytes: readSectors! * SECTOR_BYTES },
    ...{ writes: writes!, writtenBytes: writtenSectors! * SECTOR_BYTES },
    busy: busyMs! / 1_000,
  };
}

/** @param text `/proc/pressure/...` */
export function pressureSeconds(text: string): number {
  return numberAfter(text, 'total=') / 1e6;
}

function numbersAfter(text: string, name: string): number[] {
  const at = text.indexOf(name);
  if (at === -1) return [];
  const end = text.indexOf('\n', at + 1);
  return fields(text.slice(at + name.length, end === -1 ? undefined : end));
}

function numberAfter(text: string, name: string): number {
  const at = text.indexOf(name);
  return at === -1 ? NaN : Number.parseInt(text.slice(at + name.length, at + name.length + 40), 10);
}

function fields(text: string): number[] {
  return text.trim().split(/ +/).map(Number);
}
