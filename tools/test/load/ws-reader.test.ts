import { expect, test } from '@jest/globals';
import { WsReader } from '../../src/load/ws-frame.js';

/** Reads `bytes` in chunks of `size`, all of them through one buffer, as sockets do. */
function messagesOf(bytes: Uint8Array, size: number): string[] {
  const messages: string[] = [];
  const reader = new WsReader({
    onWsMessage: (_op, payload) => messages.push(Buffer.from(payload).toString()),
    onWsControl: () => undefined,
    onWsBroken: (why) => messages.push(why),
  });
  const buffer = Buffer.alloc(size);
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = bytes.subarray(at, at + size);
    buffer.fill(0xff);
    buffer.set(chunk);
    reader.read(buffer.subarray(0, chunk.length));
  }
  return messages;
}

const frame = (head: number, text: string): Buffer => Buffer.concat([Buffer.of(head, text.length), Buffer.from(text)]);
const whole = Buffer.concat([
  frame(0x82, 'a whole one'),
  frame(0x02, 'in two '),
  frame(0x80, 'parts'),
  frame(0x82, 'the last'),
]);

test.each([1, 2, 3, 5, 8, 100])('messages that are cut into chunks of %i bytes are put together again', (size) => {
  expect(messagesOf(whole, size)).toEqual(['a whole one', 'in two parts', 'the last']);
});
