import { defineInterceptor, pass, tell } from '@mailbeam/handler';

/** Tells `$away` who writes to whom, so that it can answer for those who are away. Never holds a message up. */
export default defineInterceptor({
  name: 'away-notice',
  version: '1.0.0',
  /** After those that change or reject. */
  order: 900,
  /** A resend was told of when it was sent. */
  intercept: ({ to, again }) => (again || to.startsWith('$') ? pass() : tell('$away', { to })),
});
