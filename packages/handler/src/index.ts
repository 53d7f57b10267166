export { checkModule } from './check-module.js';
export type { ModuleCheck, ModuleDescription } from './check-module.js';
export { CallError, callError } from './call-error.js';
export { HandlerError, handlerErrors } from './errors.js';
export type { HandlerErrorCode } from './errors.js';
export { change, defineInterceptor, divert, interceptorProblems, pass, reject, tell } from './interceptor.js';
export type {
  Envelope,
  InterceptedSender,
  Interceptor,
  InterceptorDefinition,
  InterceptorRejectCode,
  InterceptorVerdict,
  Tell,
} from './interceptor.js';
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
export { DEFAULT_CALLERS, defineService, method, serviceProblems } from './service.js';
export type { Service, ServiceDefinition, ServiceEnd, ServiceMethod, ServiceTask } from './service.js';
export type {
  OffloadOptions,
  SendOptions,
  Sent,
  ServiceContext,
  ServiceInit,
  ServiceLog,
  ServiceTimer,
} from './service-context.js';
export { LentBody } from './service-message.js';
export type { ServiceBody, ServiceMessage, ServiceReceipt, ServiceSignal } from './service-message.js';
export { describeIssues } from './standard-schema.js';
export type { OutputOf, SchemaIssue, SchemaResult, StandardSchema } from './standard-schema.js';
