import { fitted } from '../inspect/fitted.js';
import type { TopState } from './top-keys.js';

/** What the keys of the live view do, and what its columns mean. */
export const helpLines: readonly string[] = [
  'd  by depth                   up, down, k, j   select a mailbox',
  'g  by growth                  PgUp, PgDn       a page of them',
  'a  by age of the oldest       Enter, i         inspect it',
  'r  by rate in                 t                trace it',
  'e  by time until empty        x                disconnect its user',
  'c  the next class, or all     /                only names with ...',
  '?  this page                  Esc              all names',
  'q  quit                       Ctrl-Z           stop, until fg',
  '',
  'in/s, out/s, growth/s   over the last 10 s',
  'oldest                  how long the oldest message has waited',
  'empty in                at this pace; "never": it does not shrink; "away": nobody takes',
  'stalled                 for so long nothing was taken although somebody is there',
];

/** The last line: what the keys do now. */
export function footText({ mode, filter }: TopState, selected: string, columns: number): string {
  switch (mode) {
    case 'filter':
      return fitted(`names with: ${filter}_   Enter: keep   Esc: all`, columns);
    case 'disconnect':
      return fitted(`disconnect ${selected}? y: yes   any other key: no`, columns);
    case 'page':
      return fitted('up, down, PgUp, PgDn: scroll   any other key: back', columns);
    case 'list':
      return fitted('sort: d g a r e   / filter   Enter inspect   t trace   ? help   q quit', columns);
  }
}
