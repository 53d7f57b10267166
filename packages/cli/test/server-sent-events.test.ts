import { expect, test } from '@jest/globals';
import { serverSentEvents } from '../src/server-sent-events.js';

test('events are read however they are cut into pieces; comments and what says nothing are passed over', async () => {
  const text =
    'retry: 2000\n\nid: 7\nevent: alert\ndata: {"a":1}\n\n: still here\n\ndata: "ü"\n\nid: 8\n\nid: 9\ndata: "cut';
  const bytes = new TextEncoder().encode(text);
  for (const size of [1, 3, bytes.length]) {
    const pieces = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
        controller.close();
      },
    });
    const read = [];
    for await (const event of serverSentEvents(new Response(pieces).body)) read.push(event);
    expect(read).toEqual([
      { id: '7', data: '{"a":1}' },
      { id: undefined, data: '"ü"' },
      { id: '8', data: undefined },
    ]);
  }
});
