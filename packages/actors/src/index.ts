export type { Pid } from './pid.js';
export { defineBehaviour, type Behaviour, type Self } from './behaviour.js';
export { isReplyTo } from './info.js';
export type { AnyCall, CallOf, ReplyTo, RequestOf } from './call-types.js';
export type {
  Down,
  Exit,
  From,
  GroupChange,
  GroupRef,
  Info,
  MonitorRef,
  Reply,
  RequestRef,
  Timeout,
  TimerRef,
} from './info.js';
export { createGroups, type ProcessGroups } from './process-groups.js';
export {
  describeReason,
  errorOf,
  isPlanned,
  type ExitReason,
  type ShutdownReason,
  type Thrown,
} from './exit-reason.js';
export { createSystem } from './system.js';
export type {
  ActorInfo,
  ActorStatus,
  ActorSystem,
  CodeChangeResult,
  SpawnOptions,
  SystemCounters,
} from './system-types.js';
export { defaults, type MailboxOptions, type SystemOptions } from './options.js';
export { awaitBeat, hostBeat, readHeartbeat, type HeartbeatReading } from './heartbeat.js';
export type { Trace, TraceEvent, TraceOptions } from './tracing.js';
export type { CrashReport } from './crash-report.js';
export { shapeOf, shownAs } from './message-shape.js';
export { roughSize } from './rough-size.js';
export type { SupervisorReport } from './supervisor-report.js';
export type { AutoShutdown, ChildSpec } from './child-spec.js';
export type { BackOff } from './restart-back-off.js';
export type {
  ChildCount,
  ChildInfo,
  ChildStatus,
  DynamicChildOptions,
  Strategy,
  SupervisorSpec,
  SupervisorStatus,
} from './supervision.js';
export {
  childrenOf,
  countChildren,
  deleteChild,
  restartChild,
  startChild,
  supervisor,
  supervisorStatus,
  terminateChild,
  whichChildren,
} from './supervisor.js';
export type { WakeUp } from './host.js';
export { defineStateMachine } from './state-machine.js';
export type { Entered, EventHandlers, MachineState, Next, Start, StateHandlers, StateMachine } from './machine-code.js';
export type { MachineTimeout } from './machine-timeouts.js';
export type { Action, EnterAction, TimeoutSetting, Transition } from './transition.js';
export { ActorError, errorCodes, type CallErrorCode, type ErrorCode, type ErrorScope } from './errors.js';
