import { describe, expect, test } from '@jest/globals';
import { adminUrl, socketUrl, urlOf } from '../src/router-address.js';

describe('the URL of the socket', () => {
  test.each([
    ['ws://127.0.0.1:4000', 'ws://127.0.0.1:4000/v1/socket'],
    ['127.0.0.1:4000', 'ws://127.0.0.1:4000/v1/socket'],
    ['localhost:4000', 'ws://localhost:4000/v1/socket'],
    ['wss://chat.example.org/', 'wss://chat.example.org/v1/socket'],
    ['ws://[::1]:4000/other', 'ws://[::1]:4000/other'],
    ['http://127.0.0.1', undefined],
    ['ws://', undefined],
  ])('from %s is %s', (text, url) => {
    expect(socketUrl(text)).toBe(url);
  });

  test('has brackets around an IPv6 address', () => {
    expect(urlOf('::1', 4000)).toBe('ws://[::1]:4000');
  });
});

describe('the URL of the admin port', () => {
  test.each([
    ['http://127.0.0.1:4001/', 'http://127.0.0.1:4001'],
    ['127.0.0.1:4001', 'http://127.0.0.1:4001'],
    ['ws://127.0.0.1:4001', undefined],
  ])('from %s is %s', (text, url) => {
    expect(adminUrl(text)).toBe(url);
  });
});
