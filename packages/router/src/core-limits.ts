import { limits as protocolLimits } from '@mailbeam/protocol';
import type { Config } from './config/index.js';
import type { CoreLimits } from './core-options.js';

const SIGNALS_A_SECOND = 500;

/** The limits of a node, as its configuration and the protocol say them. */
export function coreLimits(config: Config): CoreLimits {
  const { limits } = config;
  return {
    maxMessageBytes: limits.maxMessageBytes,
    maxBodyBytes: limits.maxMessageBytes - protocolLimits.frameRoomBytes,
    sendWindow: limits.sendWindow,
    rate: limits.rate,
    receipts: limits.receipts,
    window: limits.window,
    inflightBytes: limits.inflightBytes,
    backpressureBytes: protocolLimits.backpressureBytes,
    maxAttempts: config.maxAttempts,
    signalRate: SIGNALS_A_SECOND,
    watch: limits.watch,
    mailboxMessages: limits.mailboxMessages,
    mailboxBytes: limits.mailboxBytes,
    hellosWaiting: limits.hellosWaiting,
    helloTimeoutMs: config.helloTimeoutMs,
    slowConsumerMs: config.slowConsumerMs,
    presenceAwayMs: config.presenceAwayMs,
    clientKeptMs: config.clientKeptMs,
  };
}
