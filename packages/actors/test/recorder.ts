import { defineBehaviour, type Behaviour, type ExitReason, type From, type Info, type Self } from '../src/index.js';

export type Act = (self: Self<Act>, log: string[]) => unknown;

export interface RecorderArg {
  readonly log: string[];
  readonly trap?: boolean;
  readonly name?: string;
  readonly init?: (self: Self<Act>) => unknown;
  readonly terminate?: (reason: ExitReason, self: Self<Act>) => void | Promise<void>;
}

interface RecorderState extends RecorderArg {
  n: number;
}

/** How a log line shows a reason. */
export function show(reason: ExitReason): string {
  if (typeof reason === 'string') return reason;
  if ('error' in reason)
    return reason.error instanceof Error ? `error:${reason.error.message}` : `error:${String(reason.error)}`;
  return `shutdown:${JSON.stringify(reason.shutdown)}`;
}

export function showInfo(info: Info): string {
  switch (info.type) {
    case 'DOWN':
      return `DOWN ${show(info.reason)}`;
    case 'EXIT':
      return `EXIT ${show(info.reason)}`;
    case 'TIMEOUT':
      return `TIMEOUT ${String(info.tag)}`;
    case 'GROUP':
      return `GROUP ${info.group} ${info.event} ${info.pids.length}`;
    case 'REPLY':
      return info.ok ? `REPLY ${String(info.reply)}` : `REPLY failed ${show(info.reason)}`;
  }
}

/** An actor whose messages are functions that it runs, and that writes every callback into a log. */
export const recorder: Behaviour<RecorderArg, RecorderState, Act> = defineBehaviour<RecorderArg, RecorderState, Act>({
  name: 'recorder',
  version: '1',
  init(arg, self) {
    self.trapExit(arg.trap === true);
    arg.log.push(`${arg.name ?? ''}init`);
    const result = arg.init?.(self);
    const state = { ...arg, n: 0 };
    return result instanceof Promise ? result.then(() => state) : state;
  },
  handleMessage(act, state, self) {
    return act(self, state.log) as void;
  },
  handleCall(request, state, self, from: From) {
    if (typeof request === 'function') return (request as (self: Self<Act>, from: From) => void)(self, from);
    state.log.push(`call ${String(request)}`);
    self.reply(from, request);
  },
  handleInfo(info, state) {
    state.log.push(`${state.name ?? ''}${showInfo(info)}`);
  },
  terminate(reason, state, self) {
    state.log.push(`${state.name ?? ''}terminate ${show(reason)}`);
    return state.terminate?.(reason, self);
  },
});
