// A real node whose session holds the event loop: a SEND to "loop" for ever, to "allocate" for ever while it takes memory.
import session from '@mailbeam/router/session';
import { startNode } from '../../../router/dist/node.js';
import { runNodeProcess } from '../../../router/dist/node-process.js';

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

runNodeProcess((config) => startNode(config, { session: hanging }));
