import type { Command } from 'commander';
import type { ExitStatus } from './exit-code.js';
import type { Output } from './output.js';

/** What a command does: each of its arguments, its flags (also where it has none), and where to write. */
type Run<Args extends readonly unknown[]> = (...args: [...Args, Output]) => Promise<ExitStatus>;

/** What every command is given: where it writes, and who hears of its end. */
export class CommandHost {
  readonly #output: Output;
  readonly #done: (status: ExitStatus) => void;

  constructor(output: Output, done: (status: ExitStatus) => void) {
    this.#output = output;
    this.#done = done;
  }

  /**
   * An action for a command, with its arguments and flags as they were given.
   * @param load its module is loaded when it runs, so that `-h` and `send` do not wait for what `start` needs
   */
  runs<Args extends readonly unknown[]>(load: () => Promise<Run<Args>>): (...given: unknown[]) => Promise<void> {
    return async (...given) => this.#end(load, given.slice(0, -1) as unknown as Args);
  }

  /** The same for a command below one that has flags of the same names: they may stand behind either. */
  runsBelow<Args extends readonly unknown[]>(load: () => Promise<Run<Args>>): (...given: unknown[]) => Promise<void> {
    return async (...given) => {
      const self = given.at(-1) as Command;
      return this.#end(load, [...given.slice(0, -2), self.optsWithGlobals()] as unknown as Args);
    };
  }

  async #end<Args extends readonly unknown[]>(load: () => Promise<Run<Args>>, args: Args): Promise<void> {
    const run = await load();
    this.#done(await run(...args, this.#output));
  }
}
