const mark = Symbol('supervisor');

/** Notes that a behaviour is a supervisor's: its infos then come by the control lane. A copy of it, or what inherits from it, is none. */
export function markSupervisor<T extends object>(behaviour: T): T {
  return Object.defineProperty(behaviour, mark, { value: behaviour }); // not enumerable, and it says whose mark it is
}

export function isSupervisor(behaviour: object): boolean {
  return (behaviour as { readonly [mark]?: object })[mark] === behaviour;
}
