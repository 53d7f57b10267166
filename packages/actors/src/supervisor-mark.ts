const marked = new WeakSet<object>();

/** Notes that a behaviour is a supervisor's: its infos then come by the control lane. */
export function markSupervisor<T extends object>(behaviour: T): T {
  marked.add(behaviour);
  return behaviour;
}

export function isSupervisor(behaviour: object): boolean {
  return marked.has(behaviour);
}
