import {
  supervisor,
  whichChildren,
  type ActorError,
  type ChildSpec,
  type Pid,
  type SupervisorSpec,
} from '../src/index.js';
import type { TestSystem } from '../src/test-kit.js';
import { recorder, type Act, type RecorderArg } from './recorder.js';

export const child = (
  id: string,
  log: string[],
  arg: Partial<RecorderArg> = {},
  spec: Partial<ChildSpec> = {},
): ChildSpec => ({
  id,
  behaviour: recorder,
  arg: { log, name: `${id} `, ...arg },
  ...spec,
});

export function tree(kit: TestSystem, spec: Partial<SupervisorSpec>) {
  const watcher = kit.probe();
  const top = kit.system.spawn(supervisor({ strategy: 'one_for_one', children: [], ...spec }), undefined, {
    monitor: watcher.pid,
  });
  const pid = (id: string): Pid<Act> => whichChildren(top).find((one) => one.id === id)?.pid as Pid<Act>;
  return {
    top,
    pid,
    ends: () => (kit.run(), watcher.infos.map((info) => (info.type === 'DOWN' ? info.reason : null))),
  };
}

export const crash: Act = () => {
  throw new Error('crash');
};
export const never = new Promise<void>(() => undefined);

export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'none';
  } catch (error) {
    return (error as ActorError).code;
  }
}

export function codeThrown(run: () => unknown): string {
  try {
    run();
    return 'none';
  } catch (error) {
    return (error as ActorError).code;
  }
}
