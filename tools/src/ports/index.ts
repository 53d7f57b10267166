export { FixedPort } from './fixed-port.js';
export { RouterPorts } from './router-ports.js';
