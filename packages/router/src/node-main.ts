/** The file that `mailbeam start` forks: one node of a router. */
import { runNodeProcess } from './node-process.js';
import { startNode } from './node.js';

runNodeProcess(startNode);
