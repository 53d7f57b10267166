import { PAGE_BITS, SlotPage } from './slot-page.js';
import { Places } from './ranking.js';

/** What a mailbox keeps for its statistics: a name that no other has, and its slot. */
export interface MeasuredMailbox {
  readonly name: string;
  /** 0 while it has none. Only the statistics write it. */
  slot: number;
}

/** Who has which slot. A slot is taken by a mailbox about which there is something to say, and given back. */
export class Slots {
  readonly pages: SlotPage[] = [];
  /** By slot; null: nobody's. */
  readonly names: (string | null)[] = [null];
  /** By slot; null: nobody's, or its mailbox is not in memory. */
  readonly owners: (MeasuredMailbox | null)[] = [null];
  /** Number of the class, by slot. */
  readonly classes: number[] = [0];
  /** {@link Flag}s, by slot. */
  readonly flags: number[] = [0];
  readonly places = { deepest: new Places(), growing: new Places(), oldest: new Places() };
  readonly #free: number[] = [];

  /** How many slots there are, with those that are free. Slot 0 is nobody's. */
  get size(): number {
    return this.names.length;
  }

  get used(): number {
    return this.names.length - 1 - this.#free.length;
  }

  /** The page of cold rows that a slot is in. */
  coldOf(slot: number): Float64Array {
    return this.pages[slot >> PAGE_BITS]!.cold;
  }

  take(owner: MeasuredMailbox, classNumber: number, landmark: number): number {
    const slot = this.#free.pop() ?? this.#add(landmark);
    this.names[slot] = owner.name;
    this.owners[slot] = owner;
    this.classes[slot] = classNumber;
    owner.slot = slot;
    return slot;
  }

  give(slot: number): void {
    const owner = this.owners[slot];
    if (owner) owner.slot = 0;
    this.owners[slot] = null;
    this.names[slot] = null;
    this.flags[slot] = 0;
    this.pages[slot >> PAGE_BITS]!.clear(slot);
    this.#free.push(slot);
  }

  #add(landmark: number): number {
    const slot = this.names.length;
    if (slot >> PAGE_BITS >= this.pages.length) this.pages.push(new SlotPage(landmark));
    this.names.push(null);
    this.owners.push(null);
    this.classes.push(0);
    this.flags.push(0);
    for (const places of Object.values(this.places)) places.add();
    return slot;
  }
}

export const Flag = {
  /** Something came or left since the last settlement. */
  TOUCHED: 1,
  /** Deep enough that its senders are counted. */
  COUNTED: 2,
} as const;
