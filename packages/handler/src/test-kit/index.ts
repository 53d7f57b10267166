export { InterceptorRun } from './interceptor-run.js';
export { ServiceRun } from './service-run.js';
export type { RunOptions } from './service-run.js';
export { SentMessage } from './sent-message.js';
