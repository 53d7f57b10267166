export { startNode } from './node.js';
export type { NodeMessage, ParentMessage, RunningNode } from './node-process.js';
export type {
  CodeProblem,
  Drift,
  DryRunReport,
  EndPhase,
  ModuleInfo,
  Operation,
  Phase,
  SourceLocation,
  VersionInfo,
  VersionStatus,
} from '@mailbeam/code';
export { Core } from './core.js';
export type { CoreLimits, CoreOptions, CoreTelemetry } from './core-options.js';
export { authenticateOpen } from './login.js';
export type { Authenticate } from './login.js';
export { SystemClock } from './clock.js';
export type { Clock } from './clock.js';
export { listen } from './socket/uws.js';
export type { SocketServer, SocketServerOptions } from './socket/socket-server.js';
export type { ClientSocket } from './port/client-socket.js';
export type { Port } from './port/port.js';
export type { SessionModule } from './port/session-shell.js';
export { LoopbackTransport } from './seams/transport.js';
export type { Envelope, Transport } from './seams/transport.js';
export { PARTITIONS, SingleNodePlacement } from './seams/placement.js';
export type { NodeId, Placement } from './seams/placement.js';
export { routerErrors, RouterError } from './errors.js';
export type { RouterErrorCode } from './errors.js';
export type { ActorView, StateView } from './inspect/actor-view.js';
export type { MailboxView, PaceView } from './inspect/mailbox-view.js';
export type { LaneView, ServiceView } from './inspect/service-view.js';
export type { SupervisionTree, TreeActor, TreeGroup, TreeSupervisor } from './inspect/supervision-tree.js';
export type { TargetKind } from './inspect/target.js';
export type { TraceLine } from './inspect/trace-lines.js';
export type { ClientView, ConnectionView, UserView } from './inspect/user-view.js';
export { Sampler } from './traces/sampler.js';
export { Traces } from './traces/traces.js';
export { adminTokenFile } from './admin/token.js';
