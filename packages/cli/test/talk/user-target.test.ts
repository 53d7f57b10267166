import { describe, expect, test } from '@jest/globals';
import { checkRecipient, checkUser, defaultStateFile } from '../../src/talk/user-target.js';

const url = 'ws://127.0.0.1:4000/v1/socket';
const file = (user: string, environment = {}): string => defaultStateFile(url, user, environment, '/home/x');

describe('the state file of a user', () => {
  test('lies below the home directory, or where XDG_STATE_HOME says', () => {
    expect(file('alice')).toMatch(/^\/home\/x\/\.local\/state\/mailbeam\/127\.0\.0\.1_4000\/alice\.state$/);
    expect(file('alice', { XDG_STATE_HOME: '/var/s' })).toMatch(/^\/var\/s\/mailbeam\//);
  });

  test('is another one for each user and each router, whatever their names are', () => {
    const names = [
      'alice',
      'Alice ',
      'a/b',
      'a_b',
      '../x',
      '.',
      '..',
      'é',
      'e\u0301',
      '你',
      'x'.repeat(128),
      'x'.repeat(127),
    ];
    const files = names.map((name) => file(name));
    expect(new Set(files).size).toBe(names.length);
    for (const path of files)
      expect(path).toMatch(/^\/home\/x\/\.local\/state\/mailbeam\/[\w.-]+\/[\w.-]{1,90}\.state$/);
    expect(defaultStateFile('ws://127.0.0.1:4001/v1/socket', 'alice', {}, '/home/x')).not.toBe(file('alice'));
  });
});

describe('names on the command line', () => {
  test.each(['', '#group', '$service', 'a\nb', 'x'.repeat(129)])('%j is no user', (name) => {
    expect(() => checkUser('--as', name)).toThrow(/--as .*the name of a user/);
  });

  test('a group or a service can be written to, an ill-formed name cannot', () => {
    for (const name of ['bob', '#group', '$service']) expect(() => checkRecipient('--to', name)).not.toThrow();
    for (const name of ['', 'a\u0000b', '#']) expect(() => checkRecipient('--to', name)).toThrow(/--to/);
  });
});
