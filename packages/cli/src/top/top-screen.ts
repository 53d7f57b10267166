import type { MailboxClass, MailboxesView, MailboxRow, TopOrder } from '@mailbeam/router/admin-views';
import type { Output } from '../output.js';
import { fitted } from '../inspect/fitted.js';
import { secondsText } from '../shown-text.js';
import type { FullScreen } from './full-screen.js';
import { followed, firstState, pressed } from './top-keys.js';
import type { Key, TopState, TopWish } from './top-keys.js';
import { footText, helpLines } from './top-help.js';
import { TopPage } from './top-page.js';
import type { TopSource } from './top-source.js';
import { filtered, topLines } from './top-text.js';

/** How the live view begins, and how often it looks. */
export interface TopStart {
  readonly order: TopOrder;
  readonly className: MailboxClass | undefined;
  /** Mailboxes that are asked for where there is no filter. */
  readonly limit: string;
  /** From one answer to the next question, ms. */
  readonly everyMs: number;
  /** So long an answer may take before that is told, ms. */
  readonly lateMs: number;
}

/** As many as the router gives: a filter looks through them. */
const mostMailboxes = '1000';

/** The live view of `mailbeam top`: the mailboxes, asked for again and again; or a page about one of them. */
export class TopScreen {
  readonly #source: TopSource;
  readonly #screen: FullScreen;
  readonly #output: Output;
  readonly #start: TopStart;
  readonly #over = new AbortController();
  #state: TopState;
  #view: MailboxesView | undefined;
  /** What is wrong: told until an answer comes. */
  #problem = '';
  /** What was done: told until the next key. */
  #notice = '';
  #page: TopPage | undefined;
  #onPage = new AbortController();
  /** Asks anew for what is on the page; undefined: it comes by itself, or does not change. */
  #refresh: (() => Promise<void>) | undefined;
  /** What is looked at in this moment is not what is wanted any more. */
  #isStale = false;
  #wake: () => void = () => undefined;

  constructor(source: TopSource, screen: FullScreen, output: Output, start: TopStart) {
    this.#source = source;
    this.#screen = screen;
    this.#output = output;
    this.#start = start;
    this.#state = firstState(start.order, start.className);
  }

  /** Shows it until the person quits. @param view the first answer */
  async run(view: MailboxesView): Promise<void> {
    this.#view = view;
    const over = new Promise<void>((resolve) => this.#over.signal.addEventListener('abort', () => resolve()));
    this.#screen.open({
      onKey: (key) => this.#press(key),
      onRedraw: () => this.#draw(),
      onEnd: () => this.#over.abort(),
    });
    try {
      this.#draw();
      void this.#look();
      await over;
    } finally {
      this.#over.abort();
      this.#onPage.abort();
      this.#wake();
      this.#screen.close();
    }
  }

  // ---- looking

  /** One question at a time, however slow the answers are. */
  async #look(): Promise<void> {
    while (!this.#over.signal.aborted) {
      if (!this.#isStale) await this.#pause();
      if (this.#over.signal.aborted) return;
      this.#isStale = false;
      const late = setTimeout(() => this.#late(), this.#start.lateMs);
      try {
        await this.#ask();
        this.#problem = '';
      } catch (error) {
        this.#problem = messageOf(error);
      }
      clearTimeout(late);
      this.#draw();
    }
  }

  async #ask(): Promise<void> {
    const { order, className, filter } = this.#state;
    const limit = filter === '' ? this.#start.limit : mostMailboxes;
    const view = await this.#source.mailboxes({ order, limit, class: className });
    if (this.#isStale) return;
    this.#view = view;
    this.#state = followed(this.#state, this.#rows());
    await this.#refresh?.();
  }

  #late(): void {
    this.#problem = `no answer for ${Math.round(this.#start.lateMs / 1_000)} s`;
    this.#draw();
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#start.everyMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #lookNow(): void {
    this.#isStale = true;
    this.#wake();
  }

  // ---- keys

  #press(key: Key): void {
    const before = this.#state;
    this.#notice = '';
    const [state, wish] = pressed(before, key, this.#rows(), Math.max(1, this.#screen.rows - 2));
    this.#state = state;
    const isOther = (['order', 'className', 'filter'] as const).some((what) => state[what] !== before[what]);
    if (isOther) {
      this.#state = followed(state, this.#rows());
      this.#lookNow();
    }
    this.#obey(wish);
    this.#draw();
  }

  #obey(wish: TopWish): void {
    switch (wish.type) {
      case 'none':
        return;
      case 'quit':
        return this.#over.abort();
      case 'suspend':
        return this.#screen.suspend();
      case 'scroll':
        return this.#page?.scroll(wish.by);
      case 'help':
        this.#page = new TopPage('what the keys do', false);
        return this.#page.set(helpLines);
      case 'back':
        this.#page = this.#refresh = undefined;
        return this.#onPage.abort();
      case 'inspect':
        return void this.#inspect(wish.row);
      case 'trace':
        return void this.#trace(wish.row);
      case 'disconnect':
        return void this.#disconnect(wish.row);
    }
  }

  async #inspect(row: MailboxRow): Promise<void> {
    const page = new TopPage(`inspect ${row.name}`, false);
    const refresh = async (): Promise<void> => {
      try {
        page.set(await this.#source.inspect(row));
      } catch (error) {
        page.set([messageOf(error)]);
      }
    };
    this.#page = page;
    this.#refresh = refresh;
    await refresh();
    this.#draw();
  }

  async #trace(row: MailboxRow): Promise<void> {
    const page = new TopPage(`trace ${row.name}`, true);
    const closed = new AbortController();
    this.#page = page;
    this.#onPage = closed;
    try {
      for await (const line of this.#source.trace(row, closed.signal)) {
        page.add(line);
        this.#draw();
      }
    } catch (error) {
      page.add(messageOf(error));
    }
    this.#draw();
  }

  async #disconnect(row: MailboxRow): Promise<void> {
    try {
      this.#notice = await this.#source.disconnect(row);
    } catch (error) {
      this.#notice = messageOf(error);
    }
    this.#lookNow();
    this.#draw();
  }

  // ---- what is seen

  #rows(): readonly MailboxRow[] {
    return this.#view === undefined ? [] : filtered(this.#view, this.#state.filter);
  }

  #draw(): void {
    if (this.#over.signal.aborted) return;
    const { columns, rows } = this.#screen;
    const lines = this.#page === undefined ? this.#list(columns, rows - 1) : this.#paged(this.#page, columns, rows - 1);
    const row = this.#rows()[this.#state.selected];
    const foot = this.#output.style('dim', footText(this.#state, row?.name ?? '', columns));
    this.#screen.show(lines, foot);
  }

  #list(columns: number, lines: number): string[] {
    if (this.#view === undefined) return [];
    const { order, className, filter, selected } = this.#state;
    const picture = { order, className, filter, selected, columns, lines, notice: this.#notice };
    return topLines(this.#view, { ...picture, problem: this.#problemText(this.#view.at) }, this.#output);
  }

  #paged(page: TopPage, columns: number, lines: number): string[] {
    const problem = this.#view === undefined ? '' : this.#problemText(this.#view.at);
    const title = this.#output.style('bold', fitted(page.title, columns));
    return [title, this.#output.style('red', fitted(problem, columns)), ...page.rows(columns, lines - 2)];
  }

  #problemText(at: number): string {
    return this.#problem === '' ? '' : `AWAY since ${secondsText(at)}: ${this.#problem}`;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
