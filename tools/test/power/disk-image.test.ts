import { expect, test } from '@jest/globals';
import { Random } from '../../src/crash/random.js';
import { DiskImage } from '../../src/power/disk-image.js';
import type { SystemCall } from '../../src/power/strace.js';

let position = 0;

function call(name: string, fd: number, args: string, result: number, begun = ++position): SystemCall {
  return { name, fd, target: '/data.mdb', args, result, begun, ended: ++position, at: 0 };
}

const open = (fd: number, flags: string): SystemCall => call('openat', -1, `, "x", ${flags}`, fd);
const hex = (text: string): string => [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16)}`).join('');
const put = (fd: number, text: string, offset: number): SystemCall =>
  call('pwrite64', fd, `, "${hex(text)}", ${text.length}, ${offset}`, text.length);

function made(...calls: SystemCall[]): DiskImage {
  const image = new DiskImage();
  for (const each of calls) image.take(each);
  return image;
}

test('what was written is not there before a flush has ended', () => {
  const image = made(open(3, 'O_RDWR'), put(3, 'abc', 0));
  expect(image.after().toString()).toBe('');
  image.take(call('fdatasync', 3, '', 0));
  expect(image.after().toString()).toBe('abc');
});

test('a flush does not take in what was written after it had begun', () => {
  const begun = ++position;
  const image = made(open(3, 'O_RDWR'), put(3, 'late', 0), call('fdatasync', 3, '', 0, begun));
  expect(image.after().toString()).toBe('');
});

test('a file open with O_DSYNC flushes its own writes and nobody else’s', () => {
  const image = made(open(3, 'O_RDWR'), open(4, 'O_WRONLY|O_DSYNC'), put(3, 'abc', 0), put(4, 'd', 3));
  expect(image.after()).toEqual(Buffer.from('\0\0\0d'));
});

test('writev goes on where lseek has put it', () => {
  const pages = `, [{iov_base="${hex('ab')}", iov_len=2}, {iov_base="${hex('cd')}", iov_len=2}], 2`;
  const image = made(open(3, 'O_RDWR'), call('lseek', 3, ', 2, SEEK_SET', 2), call('writev', 3, pages, 4));
  image.take(call('fdatasync', 3, '', 0));
  expect(image.after()).toEqual(Buffer.from('\0\0abcd'));
});

test('a torn write leaves some of its pages', () => {
  const image = made(open(3, 'O_RDWR'), put(3, 'x'.repeat(40 * 4096), 0));
  const pages = image.after(new Random(1));
  const there = Array.from({ length: 40 }, (_, i) => pages[i * 4096] === 'x'.charCodeAt(0));
  expect(there).toContain(true);
  expect(there).toContain(false);
});

test('a failed write and a failed flush leave nothing', () => {
  const failed = call('pwrite64', 3, `, "${hex('ab')}", 2, 0`, -1);
  const image = made(open(3, 'O_RDWR'), failed, put(3, 'c', 0), call('fdatasync', 3, '', -1));
  expect(image.after().toString()).toBe('');
});
