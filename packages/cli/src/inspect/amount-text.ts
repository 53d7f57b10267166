import { durationText } from '../status-text.js';

/** A short time: `320 ms`, `1.2 s`, `3 min 4 s`. */
export function agoText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : durationText(ms);
}

/** How long one message took: `0.03 ms`, `12 ms`, `1.2 s`. */
export function tookText(ms: number): string {
  return ms < 10 ? `${ms.toFixed(2)} ms` : agoText(ms);
}

/** `812 B`, `1.2 KiB`, `3.4 MiB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  return bytes < 1 << 20 ? `${(bytes / 1_024).toFixed(1)} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`;
}

/** Messages a second: `0`, `12.3`, `1,203`. */
export function rateText(value: number): string {
  return value < 0.05 ? '0' : value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en-US');
}

/** `1 message`, `1,203 messages`. */
export function countText(value: number, noun: string): string {
  return `${value.toLocaleString('en-US')} ${noun}${value === 1 ? '' : 's'}`;
}
