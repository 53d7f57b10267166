import { DeadLetters } from './dead-letters.js';
import { PortAway, Refused, SessionEnded } from './port/admin-port.js';
import type { AdminPort } from './port/admin-port.js';
import type { Operation } from './port/code-answers.js';
import { Pace } from './port/pace.js';
import { refresh } from './port/refresh.js';
import { Pulse } from './port/pulse.js';
import type { Beat } from './port/pulse.js';
import { hashOf, placeOf, ticketIn } from './place.js';
import { firstState } from './state.js';
import type { SilenceDraft, State } from './state.js';

/** How a file is to be loaded, as the form says. */
export interface LoadForm {
  readonly file: string;
  readonly canary: number;
  /** Undefined: as the router is configured. */
  readonly gateMs: number | undefined;
  readonly dryRun: boolean;
}

/** Who stands in the audit log. */
const BY = 'console';

/** The console: its state, what can be done, and the pulse that keeps it up to date. It draws nothing. */
export class Console {
  readonly state: State = firstState();
  readonly deadLetters: DeadLetters;
  readonly #port: AdminPort;
  readonly #pulse: Pulse;
  readonly #paces = { tree: new Pace(0.05), inspect: new Pace(0.05), history: new Pace(0.01), files: new Pace(0.05) };
  readonly #changed: () => void;

  /** @param changed the state has changed: draw it, soon */
  constructor(port: AdminPort, changed: () => void) {
    this.#port = port;
    this.#changed = changed;
    this.deadLetters = new DeadLetters(port, {
      ask: (dialog) => this.update({ dialog }),
      say: (notice) => this.update({ dialog: null, notice }),
      done: () => this.#pulse.now(),
      trouble: (error) => this.#trouble(error),
    });
    this.#pulse = new Pulse({
      beat: () => this.#beat(),
      after: (ms, callback) => {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
      onState: (pulse) => this.update({ pulse }),
    });
  }

  /** Signs in if the address has a ticket, and begins. */
  async start(): Promise<void> {
    const ticket = ticketIn(location.hash);
    if (ticket !== undefined) {
      history.replaceState(null, '', hashOf('overview')); // the ticket is not to stand in the address, nor in the history
      await this.#signIn(ticket);
    }
    this.go();
    addEventListener('hashchange', () => this.go());
    document.addEventListener('visibilitychange', () => (document.hidden ? this.#pulse.rest() : this.#pulse.wake()));
    this.#pulse.wake();
  }

  update(change: Partial<State>): void {
    Object.assign(this.state, change);
    this.#changed();
  }

  /** To where the address says. */
  go(): void {
    const ticket = ticketIn(location.hash);
    if (ticket !== undefined) {
      history.replaceState(null, '', hashOf('overview'));
      void this.#signIn(ticket).then(() => this.#pulse.now());
    }
    const { view, target } = placeOf(location.hash);
    const inspected = this.state.inspected?.target === target ? this.state.inspected : null;
    this.update({ view, target, inspected, ...(view !== this.state.view && { heldOrder: null }) });
    this.#pulse.now();
  }

  /** Shows something else of the same place. */
  choose(change: Pick<Partial<State>, 'order' | 'class' | 'span' | 'historySpan'>): void {
    if (change.historySpan !== undefined) this.#paces.history.hurry();
    this.update({ ...change, heldOrder: null });
    this.#pulse.now();
  }

  toggleSeries(key: string): void {
    const { hidden } = this.state;
    if (!hidden.delete(key)) hidden.add(key);
    this.#changed();
  }

  async silence(draft: SilenceDraft, forMs: number, comment: string): Promise<void> {
    const { rule, mailbox } = draft;
    try {
      await this.#port.post('/alerts/silences', {
        ...(rule !== '' && { rule }),
        ...(mailbox !== '' && { mailbox }),
        ...{ forMs, by: BY },
        ...(comment !== '' && { comment }),
      });
    } catch (error) {
      const dialog = this.state.dialog;
      if (error instanceof Refused && dialog?.kind === 'silence')
        return this.update({ dialog: { ...dialog, problem: error.message } });
      return this.#trouble(error);
    }
    this.#done('silenced');
  }

  endSilence(id: string): Promise<void> {
    return this.#act(() => this.#port.delete(`/alerts/silences/${encodeURIComponent(id)}`), 'the silence has ended');
  }

  disconnect(user: string): void {
    this.update({
      dialog: {
        kind: 'confirm',
        title: `Disconnect ${user}?`,
        text: 'Its client connects again by itself, and gets again what it has not acked.',
        label: 'Disconnect',
        act: () =>
          this.#act(() => this.#port.post(`/users/${encodeURIComponent(user)}/disconnect`), `${user}: disconnected`),
      },
    });
  }

  async load({ file, canary, gateMs, dryRun }: LoadForm): Promise<void> {
    this.update({ loadProblem: null });
    try {
      const options = {
        ...(canary < 100 && { canary }),
        ...(gateMs !== undefined && { gateMs }),
        ...(dryRun && { dryRun }),
      };
      this.#began(await this.#port.post('/code/load', { file, by: BY, ...options }));
    } catch (error) {
      if (error instanceof Refused) this.update({ loadProblem: error.problem });
      else this.#trouble(error);
    }
  }

  rollBack(name: string, to: string): void {
    this.update({
      dialog: {
        kind: 'confirm',
        title: `Roll ${name} back?`,
        text: `Every actor goes back to ${to}.`,
        label: 'Roll back',
        act: async () => {
          try {
            this.#began(await this.#port.post('/code/rollback', { name, by: BY }));
          } catch (error) {
            this.#trouble(error);
          }
        },
      },
    });
  }

  async signOut(): Promise<void> {
    await this.#act(() => this.#port.signOut(), '');
  }

  async #signIn(ticket: string): Promise<void> {
    try {
      await this.#port.signIn(ticket);
      this.update({ isSpent: false });
    } catch (error) {
      this.update({ isSpent: error instanceof Refused });
    }
  }

  async #act(act: () => Promise<unknown>, said: string): Promise<void> {
    try {
      await act();
      this.#done(said);
    } catch (error) {
      this.#trouble(error);
    }
  }

  #done(text: string): void {
    this.update({ dialog: null, notice: text === '' ? null : { isProblem: false, text } });
    this.#pulse.now();
  }

  #began(operation: Operation): void {
    const others = this.state.operations?.filter(({ id }) => id !== operation.id) ?? [];
    this.update({ dialog: null, notice: null, operations: [operation, ...others] });
    this.#pulse.now();
  }

  #trouble(error: unknown): void {
    this.update({
      dialog: null,
      notice: { isProblem: true, text: error instanceof Error ? error.message : 'it failed' },
    });
    this.#pulse.now();
  }

  async #beat(): Promise<Beat> {
    try {
      // without a session nothing is asked that would be counted as a wrong token
      const isUnsure = this.#pulse.state === 'ended' || this.state.heardAt === null;
      if (isUnsure && (await this.#port.session()) === null) return 'ended';
      await refresh(this.#port, this.state, this.#paces);
      this.update({ heardAt: Date.now(), isSpent: false });
      return 'ok';
    } catch (error) {
      if (error instanceof SessionEnded) return 'ended';
      if (error instanceof PortAway) return 'away';
      if (error instanceof Refused) {
        this.update({ notice: { isProblem: true, text: error.message } });
        return 'away';
      }
      throw error;
    }
  }
}
