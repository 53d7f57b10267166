import { change, defineInterceptor, pass, reject } from '@mailbeam/handler';
import { words } from './word-list.js';

/** What is known of one connection. */
export interface FilterState {
  /** Messages of it that were changed. */
  strikes: number;
}

const mostStrikes = 20;
const badWords = new RegExp(`\\b(?:${words.join('|')})\\b`, 'giu');

/**
 * Blanks out bad words between users. Who keeps on is refused until the next connection. It sees what clients send: what they
 * encrypt end to end is noise, and passes.
 */
export default defineInterceptor<FilterState>({
  name: 'word-filter',
  version: '1.0.0',
  /** Before others that look at the text. */
  order: 50,
  /** A filter that is switched off because it was too slow is better than no messages at all. */
  whenOff: 'pass',
  init: () => ({ strikes: 0 }),

  intercept(envelope, state) {
    if (envelope.to.startsWith('$')) return pass();
    const text = textOf(envelope.body);
    const clean = text === undefined ? text : cleaned(text);
    if (clean === undefined || clean === text) return pass();
    // A resend may have been accepted before: it is changed again, but not counted again.
    if (!envelope.again) state.strikes += 1;
    if (state.strikes > mostStrikes) return reject('forbidden', 'mind your language');
    return change(clean);
  },

  codeChange: (state) => state as FilterState,

  selfTest() {
    if (cleaned('what the HECK, check it') !== 'what the ****, check it') throw new Error('the pattern is wrong');
  },
});

function cleaned(text: string): string {
  return text.replace(badWords, (word) => '*'.repeat(word.length));
}

/** Undefined where the body is not UTF-8: a picture is not to be touched. */
function textOf(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}
