export * from './mailbox-store.js';
export * from './errors.js';
