export type { ModuleKind } from './module-kind.js';
export type {
  CallFrame,
  ReadFrame,
  SendFrame,
  SessionFrame,
  SessionLimits,
  SessionPort,
  SignalFrame,
  WatchFrame,
} from './session-port.js';
