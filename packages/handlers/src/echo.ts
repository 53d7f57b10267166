import { defineService, method } from '@mailbeam/handler';
import { z } from 'zod';

/** `$echo` sends back whatever it gets, byte for byte. */
export default defineService({
  name: 'echo',
  version: '1.0.0',
  init: () => undefined,

  handleMessage(message, _state, ctx) {
    // Two services that answer each other would never end.
    if (!message.from.startsWith('$')) ctx.reply(message, message.body);
  },

  handleSignal(signal, _state, ctx) {
    ctx.signal(signal.from, signal.body);
  },

  methods: {
    /** `client.call('echo', 'say', { text: 'hello' })` */
    say: method(z.object({ text: z.string().max(10_000) }), ({ text }) => text),
  },
});
