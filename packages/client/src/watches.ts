/** Most users in one WATCH: their longest names fit into the smallest sensible message. */
const frameUsers = 100;

/** Whose presence the application wants to know; said anew on every connection. */
export class Watches {
  private readonly users = new Set<string>();

  /** Adds or removes users. Answers those that it changed, in lists for one WATCH each. */
  change(users: readonly string[], on: boolean): string[][] {
    const changed = [...new Set(users)].filter((user) => this.users.has(user) !== on);
    for (const user of changed) {
      if (on) this.users.add(user);
      else this.users.delete(user);
    }
    return lists(changed);
  }

  /** All of them, in lists for one WATCH each. */
  frames(): string[][] {
    return lists([...this.users]);
  }
}

function lists(users: readonly string[]): string[][] {
  const all: string[][] = [];
  for (let at = 0; at < users.length; at += frameUsers) all.push(users.slice(at, at + frameUsers));
  return all;
}
