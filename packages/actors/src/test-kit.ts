export { randomFrom } from './random-from.js';
export { createTestSystem, type Probe, type TestSystem, type TestSystemOptions } from './test-system.js';
export { tryInterleavings, type InterleavingOptions } from './try-interleavings.js';
export {
  faultKinds,
  InjectedFault,
  tryFaults,
  type Fault,
  type FaultKind,
  type FaultOptions,
  type Faults,
} from './try-faults.js';
