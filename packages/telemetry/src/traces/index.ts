/** Spans through OpenTelemetry: its packages are loaded with this file, and with nothing else. */
export { openSpanExport } from './open-span-export.js';
