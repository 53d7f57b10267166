import { expect, test } from '@jest/globals';
import { purgedText } from '../../src/deadletters/purge-command.js';

test.each([
  [2, ['a', 'b'], '2 dead letters purged'],
  [1, ['a', 'a'], '1 dead letter purged'],
  [1, ['a', 'mistyped'], '1 dead letter purged; not in the box: 1'],
  [5, [], '5 dead letters purged'],
])('of %d letters purged by the ids %j it says `%s`', (purged, ids, text) => {
  expect(purgedText(purged, ids)).toBe(text);
});
