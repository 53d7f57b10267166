/** The oracle's own reader of frames, against the test vectors of the protocol. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { checkoutRoot } from '../../src/checkout.js';
import { ConnectionModel } from '../../src/fuzz/connection-model.js';
import { meaningsOf } from '../../src/fuzz/frame-meaning.js';
import { UserModel } from '../../src/fuzz/user-model.js';

interface Vector {
  readonly name: string;
  readonly way: 'C' | 'S';
  readonly hex: string;
  readonly valid: boolean;
}

const vectors = (JSON.parse(readFileSync(join(checkoutRoot, 'docs/protocol-vectors.json'), 'utf8')) as Vector[]).filter(
  ({ way }) => way === 'C',
);

test.each(vectors.map((vector) => [vector.name, vector] as const))('reads the vector: %s', (_, { hex, valid }) => {
  const meanings = meaningsOf(Buffer.from(hex, 'hex'));
  expect(meanings.some(({ kind }) => kind === 'bad')).toBe(!valid);
});

describe('the model of a connection', () => {
  const limits = { maxMessage: 1_000, maxBody: 100, sendWindow: 2, watch: 2 };
  const opened = (): ConnectionModel => {
    const model = new ConnectionModel(limits, (name, client) => new UserModel(name, client));
    model.sent(Buffer.from('9301a16180', 'hex')); // HELLO as "a"
    expect(model.missing()).toBe('WELCOME');
    expect(model.welcome('a', 1, 0, 0)).toBe('');
    return model;
  };

  test('wants an answer for a SEND, and takes no other', () => {
    const model = opened();
    model.sent(Buffer.from('940301a162c40178', 'hex'));
    expect(model.missing()).toBe('accepted for cid 1');
    expect(model.rejected(1, 'invalid')).toMatch(/invalid, expected accepted/);
  });

  test('wants what a user sends to itself delivered, once, and receipted', () => {
    const model = opened();
    model.sent(Buffer.from('940301a161c40178', 'hex'));
    expect([model.accepted(1), model.missing()]).toEqual(['', 'DELIVER of cid 1, origin 1']);
    expect(model.deliver(1, 'a', 1, 1, Buffer.from('y'))).toMatch(/another body/);
    expect(model.deliver(2, 'a', 1, 1, Buffer.from('x'))).toBe('');
    expect(model.deliver(3, 'a', 1, 1, Buffer.from('x'))).toMatch(/expected nothing/);
  });

  test('predicts nothing for an ACK of a receipt that may be under way, and a close for one beyond it', () => {
    const taken = (): ConnectionModel => {
      const model = opened();
      model.sent(Buffer.from('940301a161c40178', 'hex'));
      model.accepted(1);
      model.deliver(1, 'a', 1, 1, Buffer.from('x'));
      model.sent(Buffer.from('950902a1610101', 'hex')); // READ of what `a` sent, up to 1
      model.accepted(2);
      model.receipt(2, 'a', 2, 1, 1, '');
      model.sent(Buffer.from('920702', 'hex')); // ACK 2
      return model;
    };
    // READ has told all, and yet the router may send a receipt of kind 1 for the ACK
    const model = taken();
    model.sent(Buffer.from('920703', 'hex'));
    expect([model.isFree, model.missing()]).toEqual([true, '']);
    const other = taken();
    other.sent(Buffer.from('920704', 'hex'));
    expect([other.isFree, other.missing()]).toEqual([false, 'close 4000']);
  });

  test('wants ERROR bad_frame and close 4000 for a bad frame, in this order', () => {
    const model = opened();
    model.sent(Buffer.from('c1', 'hex'));
    expect([model.missing(), model.ended(4000)]).toEqual(['close 4000', expect.stringMatching(/without an ERROR/)]);
    const other = opened();
    other.sent(Buffer.from('920701', 'hex'));
    expect([other.error('bad_frame'), other.ended(4000)]).toEqual(['', '']);
  });

  test('finds fault with what nobody asked for', () => {
    const model = opened();
    expect(model.accepted(1)).toMatch(/not sent/);
    expect(model.receipt(1, 'b', 1, 1, 1, '')).toMatch(/nobody there/);
    expect(model.presence('b', true)).toMatch(/not watched/);
    expect(model.reply(1, false, 'unknown_service')).toMatch(/no such CALL/);
    expect(model.ended(4003)).toMatch(/expected an open connection/);
  });
});
