export * from './mailbox-store.js';
