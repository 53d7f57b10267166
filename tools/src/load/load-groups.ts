import { nowUs } from './load-clock.js';
import type { LoadJob, UserRange } from './load-jobs.js';
import { LoadTally } from './load-tally.js';
import type { TallySnapshot } from './load-tally.js';
import { LoadUser } from './load-user.js';
import type { LoadContext } from './load-user.js';
import { ListPlan, PacedPlan, SteadyPlan } from './send-plan.js';
import { shuffledRecipients } from './shuffled-recipients.js';
import { Turn } from './turn.js';

type Job<K extends LoadJob['do']> = Extract<LoadJob, { readonly do: K }>;

interface Group {
  readonly range: UserRange;
  readonly users: LoadUser[];
  /** Ends the pacing of a paced ring. */
  stopPacing: () => void;
}

/** Connections under way at a time during a login. */
const LOGINS_AT_ONCE = 64;
/** How often "has everything been answered" is looked at. */
const SETTLE_POLL_MS = 2;

/** The users of one load process, in named groups, and the jobs that move them. */
export class LoadGroups {
  private readonly tally = new LoadTally();
  private readonly turn = new Turn();
  private readonly groups = new Map<string, Group>();
  private context: LoadContext | undefined;

  async run(job: LoadJob): Promise<TallySnapshot | number | null> {
    switch (job.do) {
      case 'open':
        this.context = {
          ...job,
          turn: this.turn,
          tally: this.tally,
          body: Buffer.alloc(Math.max(8, job.bodyBytes), 0x61),
        };
        return null;
      case 'login':
        return this.login(job);
      case 'logout':
        for (const user of this.group(job.group).users) user.logout();
        this.groups.delete(job.group);
        return null;
      case 'ring':
        return this.ring(job);
      case 'store':
        return this.store(job);
      case 'halt':
        return this.halt(this.group(job.group));
      case 'counts':
        return { ...this.tally.snapshot(), acceptUs: [], deliverUs: [] };
      case 'take': {
        const taken = this.tally.snapshot();
        this.tally.reset();
        return taken;
      }
      case 'cpu': {
        const { user, system } = process.cpuUsage();
        return (user + system) / 1e6;
      }
    }
  }

  private group(name: string): Group {
    const group = this.groups.get(name);
    if (group === undefined) throw new Error(`no group ${name}`);
    return group;
  }

  private async login({ group, users: range, overMs }: Job<'login'>): Promise<number> {
    const context = this.context;
    if (context === undefined) throw new Error('open comes first');
    const users = Array.from(
      { length: range.count },
      (_, i) => new LoadUser(`${range.prefix}${range.first + i}`, context),
    );
    this.groups.set(group, { range, users, stopPacing: () => {} });
    const started = nowUs();
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < users.length) {
        const mine = next++;
        const dueMs = (mine / users.length) * overMs - (nowUs() - started) / 1000;
        if (dueMs > 1) await new Promise((resolve) => setTimeout(resolve, dueMs));
        await users[mine]!.login();
      }
    };
    await Promise.all(Array.from({ length: LOGINS_AT_ONCE }, lane));
    return nowUs() - started;
  }

  private ring(job: Job<'ring'>): null {
    const group = this.group(job.group);
    const { prefix, first } = group.range;
    const intervalUs = job.perSecond > 0 ? (job.ringSize * 1e6) / job.perSecond : 0;
    const start = nowUs() + 1000;
    // Neighbours send at unrelated times, or a SEND and the ACK of what just came would share a message by design.
    const phases = shuffledRecipients(job.ringSize, 1, job.ringSize);
    const plans = group.users.map((_, i) => {
      const to = `${prefix}${(first + i + 1) % job.ringSize}`;
      if (intervalUs === 0) return new SteadyPlan(to);
      return new PacedPlan(to, start + (phases[first + i]! / job.ringSize) * intervalUs, intervalUs);
    });
    group.users.forEach((user, i) => user.follow(plans[i], job.unanswered));
    if (intervalUs > 0) group.stopPacing = this.pace(group.users, plans as PacedPlan[]);
    return null;
  }

  /** Wakes each user when its next message is due. Any of them may have sent early, with an ACK, so all are looked at. */
  private pace(users: readonly LoadUser[], plans: readonly PacedPlan[]): () => void {
    const timer = setInterval(() => {
      const now = nowUs();
      for (let i = 0; i < users.length; i++) if (plans[i]!.nextDueUs <= now) this.turn.mark(users[i]!);
    }, 1);
    return () => clearInterval(timer);
  }

  private async store(job: Job<'store'>): Promise<number> {
    const { range, users } = this.group(job.group);
    const recipients = shuffledRecipients(job.users, job.perUser, job.seed);
    const place = (sender: number): number => Math.floor((sender * recipients.length) / job.senders);
    const plans = users.map((_, i) => {
      const sender = range.first + i;
      return new ListPlan(job.prefix, recipients.subarray(place(sender), place(sender + 1)));
    });
    const started = nowUs();
    users.forEach((user, i) => user.follow(plans[i], job.unanswered));
    await this.until(() => users.every((user, i) => plans[i]!.isDone && user.isSettled));
    for (const user of users) user.follow(undefined, 0);
    return nowUs() - started;
  }

  private async halt(group: Group): Promise<null> {
    group.stopPacing();
    for (const user of group.users) user.follow(undefined, 0);
    await this.until(() => group.users.every((user) => user.isSettled));
    return null;
  }

  /** Rejects as soon as anything has gone wrong: what did not arrive never will. */
  private until(isDone: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setInterval(() => {
        if (this.tally.fault !== '') reject(new Error(this.tally.fault));
        else if (isDone()) resolve();
        else return;
        clearInterval(timer);
      }, SETTLE_POLL_MS);
    });
  }
}
