import type { Logger } from '../log/log.js';
import type { Room } from '../disk-room.js';
import type { Names } from '../privacy/names.js';
import type { OnDeadLetter } from '../services/service-desk.js';
import type { DeadLetterBox } from './dead-letter-box.js';
import type { LetterCounts, LossReason } from './letter-counts.js';

/** What is done with a message that was given up, besides keeping it. */
export interface KeepLettersHost {
  readonly box: DeadLetterBox;
  readonly counts: LetterCounts;
  readonly room: Room;
  /** Now, ms since the epoch. */
  readonly wall: () => number;
  readonly names: () => Names;
  readonly log: Logger;
}

/** What a node does with a message that was given up: it is kept where there is room, counted, and the log says so. A box that fails holds nobody up. */
export function keepLetters({ box, counts, room, wall, names, log }: KeepLettersHost): OnDeadLetter {
  return (to, message, kept) => {
    const what = { to, from: names().show(message.from), cid: message.cid };
    const lost = (reason: LossReason, why: string, error?: unknown): void => {
      counts.lost(reason);
      log.error(error === undefined ? what : { ...what, err: error }, `a message was given up, and ${why}`);
      kept();
    };
    counts.givenUp(to);
    if (room.isTight) return lost('disk_full', 'not kept: the disk is nearly full');
    box.put(to, message, wall()).then(
      (letter) => {
        if (letter === undefined) return lost('too_large', 'not kept: the box takes none so large');
        log.error({ ...what, letter: letter.id }, 'a message was given up: see `mailbeam deadletters list`');
        kept();
      },
      (error: unknown) => lost('failed', 'could not be kept', error),
    );
  };
}
