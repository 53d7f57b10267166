import type { AlertRuleInput } from './rule-schema.js';

/**
 * The rules of a router that was told no other. People who are away and have mail are normal, and so is somebody who comes
 * back to it, a phone in a tunnel, or a burst that a service works off; a consumer that does not keep up is not. The
 * reasons of every figure, and what to do, are in docs/operations.md.
 */
export const defaultRules: readonly AlertRuleInput[] = [
  {
    name: 'consumer_stuck',
    summary: 'Nothing is taken out of a mailbox, and more and more comes in.',
    warning: { depth: 200, stalledSeconds: 8, growth: { above: 5, clear: 0 } },
    critical: { depth: 2_000, stalledSeconds: 10, growth: { above: 5, clear: 0 } },
    forSeconds: 2,
  },
  {
    name: 'consumer_silent',
    summary: 'A consumer is there and has taken nothing for minutes.',
    warning: { depth: 10, stalledSeconds: 300 },
    forSeconds: 10,
  },
  {
    name: 'mailbox_backlog',
    summary: 'A mailbox is deep, and at its pace it stays so for long.',
    warning: { depth: 1_000, drainSeconds: 600 },
    critical: { depth: 10_000, drainSeconds: 1_800 },
    forSeconds: 120,
    clearForSeconds: 60,
  },
  {
    name: 'service_late',
    summary: 'A service answers late: its oldest message has waited for long.',
    classes: ['service', 'group'],
    warning: { oldestSeconds: 60 },
    critical: { oldestSeconds: 300 },
    forSeconds: 10,
  },
  {
    name: 'mailbox_flooded',
    summary: 'A mailbox fills much faster than it is emptied.',
    classes: ['session', 'away', 'service', 'group', 'system'],
    warning: { depth: 10_000, growth: 300 },
    critical: { depth: 50_000, growth: 1_000 },
    forSeconds: 30,
  },
  {
    name: 'actor_restarts',
    summary: 'Actors of one version crash again and again.',
    warning: { restarts: 10 },
    critical: { restarts: 100 },
    forSeconds: 5,
    clearForSeconds: 60,
  },
  {
    name: 'interceptor_off',
    summary: 'An interceptor that took too long is switched off: messages pass without it, or are rejected.',
    warning: { switchedOff: 1 },
    critical: { switchedOff: 2 },
    // a roll-out that is gated goes back by itself before
    forSeconds: 5,
    clearForSeconds: 0,
  },
];
