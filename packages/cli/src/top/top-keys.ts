import type { MailboxClass, MailboxRow, TopOrder } from '@mailbeam/router/admin-views';

/** What the live view of `mailbeam top` is about. */
export interface TopState {
  readonly order: TopOrder;
  /** undefined: all classes. */
  readonly className: MailboxClass | undefined;
  readonly filter: string;
  /** What the next key is for: the list, the filter that is being typed, whether to disconnect, or how to leave a page. */
  readonly mode: 'list' | 'filter' | 'disconnect' | 'page';
  readonly selected: number;
  /** Name of the mailbox that was selected on purpose, and is followed; undefined: whatever stands there. */
  readonly followed: string | undefined;
}

/** What a key asks for beyond another state. */
export type TopWish =
  | { readonly type: 'none' | 'quit' | 'suspend' | 'help' | 'back' }
  | { readonly type: 'inspect' | 'trace' | 'disconnect'; readonly row: MailboxRow }
  | { readonly type: 'scroll'; readonly by: number };

/** A key, as `node:readline` tells it. */
export interface Key {
  readonly name?: string | undefined;
  readonly sequence?: string | undefined;
  readonly ctrl?: boolean | undefined;
}

type Pressed = readonly [TopState, TopWish];

const none: TopWish = { type: 'none' };
const orders: Readonly<Record<string, TopOrder>> = { d: 'depth', g: 'growth', a: 'age', r: 'rate', e: 'drain' };
const classes: readonly MailboxClass[] = ['session', 'away', 'service', 'group', 'system'];
const mostFilter = 100;

export function firstState(order: TopOrder, className?: MailboxClass): TopState {
  return { order, className, filter: '', mode: 'list', selected: 0, followed: undefined };
}

/**
 * @param rows mailboxes that are listed, with what the filter leaves of them
 * @param page how many rows the terminal shows of a list or a page
 */
export function pressed(state: TopState, key: Key, rows: readonly MailboxRow[], page: number): Pressed {
  if (key.ctrl === true && key.name === 'c') return [state, { type: 'quit' }];
  if (key.ctrl === true && key.name === 'z') return [state, { type: 'suspend' }];
  switch (state.mode) {
    case 'filter':
      return [typed(state, key), none];
    case 'disconnect':
      return answered(state, key, rows);
    case 'page':
      return onPage(state, key, page);
    case 'list':
      return onList(state, key, rows, page);
  }
}

/** The selection after a new answer: a mailbox that was selected on purpose is found again where it stands now. */
export function followed(state: TopState, rows: readonly MailboxRow[]): TopState {
  const at = state.followed === undefined ? -1 : rows.findIndex((row) => row.name === state.followed);
  return { ...state, selected: at >= 0 ? at : Math.max(0, Math.min(state.selected, rows.length - 1)) };
}

function onList(state: TopState, key: Key, rows: readonly MailboxRow[], page: number): Pressed {
  const { name = '', sequence = '' } = key;
  const order = orders[sequence];
  if (order !== undefined) return [fromTheTop({ ...state, order }), none];
  const by = stepOf(name, sequence, page);
  if (by !== 0) return [movedTo(state, state.selected + by, rows), none];
  const row = rows[state.selected];
  if (name === 'return' || sequence === 'i') return opened(state, 'inspect', row);
  if (name === 'escape') return [fromTheTop({ ...state, filter: '' }), none];
  switch (sequence) {
    case 't':
      return opened(state, 'trace', row);
    case 'x':
      return [row === undefined ? state : { ...movedTo(state, state.selected, rows), mode: 'disconnect' }, none];
    case 'c':
      return [fromTheTop({ ...state, className: classes[classes.indexOf(state.className!) + 1] }), none];
    case '/':
      return [fromTheTop({ ...state, mode: 'filter', filter: '' }), none];
    case '?':
    case 'h':
      return [{ ...state, mode: 'page' }, { type: 'help' }];
    case 'q':
      return [state, { type: 'quit' }];
  }
  return [state, none];
}

function opened(state: TopState, type: 'inspect' | 'trace', row: MailboxRow | undefined): Pressed {
  return row === undefined
    ? [state, none]
    : [
        { ...state, mode: 'page' },
        { type, row },
      ];
}

/** On a page the keys of movement scroll, and any other goes back. */
function onPage(state: TopState, { name = '', sequence = '' }: Key, page: number): Pressed {
  const by = stepOf(name, sequence, page);
  return by === 0 ? [{ ...state, mode: 'list' }, { type: 'back' }] : [state, { type: 'scroll', by }];
}

function answered(state: TopState, { sequence = '' }: Key, rows: readonly MailboxRow[]): Pressed {
  const row = rows.find((one) => one.name === state.followed);
  const isSure = sequence === 'y' && row !== undefined;
  return [{ ...state, mode: 'list' }, isSure ? { type: 'disconnect', row } : none];
}

function typed(state: TopState, { name = '', sequence = '' }: Key): TopState {
  if (name === 'return' || name === 'enter') return { ...state, mode: 'list' };
  if (name === 'escape') return { ...state, mode: 'list', filter: '' };
  if (name === 'backspace') return { ...state, filter: Array.from(state.filter).slice(0, -1).join('') };
  const isText = /^[^\p{Cc}]+$/u.test(sequence) && state.filter.length + sequence.length <= mostFilter;
  return isText ? { ...state, filter: state.filter + sequence } : state;
}

/** How far a key moves; 0: it moves nothing. */
function stepOf(name: string, sequence: string, page: number): number {
  if (name === 'up' || sequence === 'k') return -1;
  if (name === 'down' || sequence === 'j') return 1;
  if (name === 'pageup') return -page;
  if (name === 'pagedown' || name === 'space') return page;
  if (name === 'home') return -Infinity;
  return name === 'end' ? Infinity : 0;
}

function movedTo(state: TopState, index: number, rows: readonly MailboxRow[]): TopState {
  const selected = Math.max(0, Math.min(index, rows.length - 1));
  return { ...state, selected, followed: rows[selected]?.name };
}

function fromTheTop(state: TopState): TopState {
  return { ...state, selected: 0, followed: undefined };
}
