import type { Logger } from '../log/log.js';
import type { Room } from '../disk-room.js';
import type { Names } from '../privacy/names.js';
import type { OnDeadLetter } from '../services/service-desk.js';
import type { DeadLetterBox } from './dead-letter-box.js';

/** What a node does with a message that was given up: it is kept where there is room, and the log says so. A box that fails holds nobody up. */
export function keepLetters(
  box: DeadLetterBox,
  room: Room,
  wall: () => number,
  names: () => Names,
  log: Logger,
): OnDeadLetter {
  return (to, message, kept) => {
    const what = { to, from: names().show(message.from), cid: message.cid };
    if (room.isTight) {
      log.error(what, 'a message was given up, and not kept: the disk is nearly full');
      return kept();
    }
    box.put(to, message, wall()).then(
      (letter) => {
        if (letter === undefined) log.error(what, 'a message was given up, and not kept: the box takes none so large');
        else log.error({ ...what, letter: letter.id }, 'a message was given up: see `mailbeam deadletters list`');
        kept();
      },
      (error: unknown) => {
        log.error({ ...what, err: error }, 'a message was given up, and could not be kept');
        kept();
      },
    );
  };
}
