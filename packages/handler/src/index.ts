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
