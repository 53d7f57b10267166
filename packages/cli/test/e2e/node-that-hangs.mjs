// A real node whose session holds the event loop: a SEND to "loop" for ever, to "allocate" for ever while it takes memory.
import { appendFileSync } from 'node:fs';
import { startNode } from '@mailbeam/router';
import { runNodeProcess } from '@mailbeam/router/node-process';
import session from '@mailbeam/router/session';

const hanging = {
  ...session,
  version: '6.6.6',
  handleMessage(frame, state, self) {
    const kept = [];
    while (frame.to === 'loop') kept.length = 0;
    while (frame.to === 'allocate') kept.push(new Array(100).fill({ kept }));
    return session.handleMessage(frame, state, self);
  },
};

appendFileSync(process.env.FAKE_NODE_LOG, `started ${process.pid}\n`);
runNodeProcess((config) => startNode(config, { session: hanging }));
