import { expect } from '@jest/globals';
import {
  startChild,
  supervisor,
  whichChildren,
  type ActorError,
  type ChildSpec,
  type ExitReason,
  type Pid,
  type SupervisorSpec,
} from '../src/index.js';
import { createTestSystem } from '../src/test-kit.js';
import { recorder, show, type Act, type RecorderArg } from './recorder.js';

export type Arg = Partial<Omit<RecorderArg, 'log' | 'name'>>;

/** What a row does with its tree. */
export interface Tree {
  readonly top: Pid;
  readonly log: string[];
  /** A child as the supervisor knows it now, or by its name. */
  pid(id: string): Pid<Act>;
  ends(id: string, reason: ExitReason): void;
  kills(pid: Pid): void;
  exits(reason: ExitReason): void;
  /** A child spec like those of the tree. */
  spec(id: string, arg?: Arg, more?: Partial<ChildSpec>): ChildSpec;
  /** Logs `word`, or with which code it threw or rejected. */
  asks(word: string, request: () => unknown): void;
}

export type Step = number | ((tree: Tree) => void);

export interface Row {
  readonly rule: string;
  readonly spec?: Partial<SupervisorSpec>;
  /** Ids with what is special about each: its arg and its spec. Default: a, b and c that trap exits. */
  readonly children?: readonly [id: string, arg?: Arg, more?: Partial<ChildSpec>][];
  /** Run to rest after each; a number lets that many ms pass. */
  readonly steps?: readonly Step[];
  /** What children did after the start (with `fromStart` in it too), and what was asked. */
  readonly log?: readonly string[];
  readonly fromStart?: boolean;
  /** The children at the end: `a`, or `a-` for a spec without an actor. */
  readonly left?: string;
  /** With what the supervisor ended. */
  readonly end?: string;
}

export const dies: Step = (tree) => tree.ends('a', 'oops');
export const never = (): Promise<void> => new Promise(() => undefined);
export const fails = (): never => {
  throw new Error('no');
};
/** An `init` that fails at its `at`-th run. */
export const failsAt = (...at: number[]): Arg => {
  let runs = 0;
  return { init: () => (at.includes((runs += 1)) ? fails() : undefined) };
};
/** An `init` whose `at`-th run takes until `fail()`, and fails. */
export function failsWhenTold(at: number): { arg: Arg; fail(): void } {
  let runs = 0;
  let reject: (reason: Error) => void = fails;
  return {
    arg: { init: () => ((runs += 1) === at ? new Promise((_resolve, no) => (reject = no)) : undefined) },
    fail: () => reject(new Error('no')),
  };
}
export const dynamic: Pick<Row, 'spec' | 'children'> = { spec: { strategy: 'simple_one_for_one' }, children: [['x']] };
export const starts =
  (name: string, arg: Arg = {}): Step =>
  (tree) =>
    tree.asks(`started ${name}`, () =>
      startChild(tree.top, { log: tree.log, name: `${name} `, trap: true, ...arg }, { name }),
    );
/** Runs one row. */
export async function follows({
  spec,
  children = [['a'], ['b'], ['c']],
  steps = [],
  fromStart,
  log: expected,
  left,
  end,
}: Row): Promise<void> {
  const kit = createTestSystem();
  const log: string[] = [];
  const specOf: Tree['spec'] = (id, arg = {}, more = {}) => ({
    id,
    behaviour: recorder,
    arg: { log, name: `${id} `, trap: true, ...arg },
    ...more,
  });
  const watcher = kit.probe();
  const top = kit.system.spawn(
    supervisor({ strategy: 'one_for_one', children: children.map((child) => specOf(...child)), ...spec }),
    undefined,
    { monitor: watcher.pid },
  );
  const tree: Tree = {
    top,
    log,
    spec: specOf,
    pid: (id) => (whichChildren(top).find((child) => child.id === id)?.pid ?? kit.system.whereis(id)) as Pid<Act>,
    ends: (id, reason) => kit.system.send(tree.pid(id), (self) => self.stop(reason)),
    kills: (pid) => kit.system.exit(pid, 'kill'),
    exits: (reason) => kit.system.exit(top, reason),
    asks(word, request) {
      const failed = (error: unknown): void => void log.push((error as ActorError).code);
      try {
        const answer = request();
        if (answer instanceof Promise) answer.then(() => log.push(word), failed);
        else log.push(word);
      } catch (error) {
        failed(error);
      }
    },
  };
  await kit.settle();
  if (!fromStart) log.length = 0;
  for (const step of steps) {
    if (typeof step === 'number') await kit.advanceAsync(step);
    else step(tree);
    await kit.settle();
  }
  if (expected) expect(log).toEqual(expected);
  expect(watcher.infos.map((info) => (info.type === 'DOWN' ? show(info.reason) : info.type))).toEqual(
    end === undefined ? [] : [end],
  );
  if (end !== undefined)
    expect(kit.system.actorCount).toBe(1); // the watcher
  else if (left !== undefined)
    expect(whichChildren(top).map(({ id, pid }) => (pid ? id : `${id}-`))).toEqual(left.split(' ').filter(Boolean));
}
