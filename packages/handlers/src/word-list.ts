/** Words that `word-filter.ts` blanks out. A module may be made of several files: they are bundled when it is loaded. */
export const words: readonly string[] = ['darn', 'heck', 'blast'];
