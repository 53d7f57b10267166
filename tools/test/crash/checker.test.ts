import { describe, expect, test } from '@jest/globals';
import { aliceSends, Story, wholeWay } from './story.js';

describe('sound logs', () => {
  test('messages that went their whole way are in order', () => {
    expect(wholeWay(3).broken()).toEqual([]);
  });

  test('a message whose ack was lost comes again on the next connection and is not shown again', () => {
    const story = aliceSends(1).accepted('alice', 1).deliver('bob', 'alice', 1).shown('bob', 1).ack('bob');
    story.closed('bob', 1006).connect('bob').deliver('bob', 'alice', 1).ack('bob').receipt('alice', 'bob', 1, 1);
    expect(story.broken()).toEqual([]);
  });

  test('what a client that lost its state was not answered may be gone', () => {
    const story = aliceSends(1).closed('alice', 1006).tell('alice', { what: 'abandoned', life: 1 });
    expect(story.connect('alice', { life: 2 }).broken()).toEqual([]);
  });

  test('what a client without a name was not answered may be gone', () => {
    const story = new Story().connect('alice', { client: '' }).send('alice', 'bob', 1).closed('alice', 1006);
    expect(story.connect('alice', { life: 2, client: '' }).broken()).toEqual([]);
  });

  test('a message that expired while its recipient was away ends with a receipt of kind 3, which answers it', () => {
    const story = new Story().connect('alice').send('alice', 'bob', 1, { ttl: 1 }).later(1500);
    expect(story.receipt('alice', 'bob', 3, 1).ack('alice').broken()).toEqual([]);
  });

  test('a receipt may skip a message that was rejected, even when the rejection is read later', () => {
    const story = aliceSends(2).deliver('bob', 'alice', 2).shown('bob', 2).ack('bob').receipt('alice', 'bob', 1, 2);
    story.rejected('alice', 1, 'mailbox_full').accepted('alice', 2);
    expect(story.broken({ allowedRejections: ['mailbox_full'] })).toEqual([]);
  });

  test('a take-over closes the old connection with 4003', () => {
    expect(wholeWay(1).connect('alice').closed('alice', 4003, 1).broken()).toEqual([]);
  });

  test('what was on its way to the connection before may be read after what came on the new one', () => {
    const story = aliceSends(2)
      .accepted('alice', 2)
      .connect('bob')
      .deliver('bob', 'alice', 2)
      .shown('bob', 2)
      .ack('bob');
    const late = { what: 'deliver', seq: 1, from: 'alice', origin: 1, cid: 1, ts: Date.now(), id: 1 } as const;
    expect(story.tell('bob', late, 1).broken()).not.toContain('order');
  });

  test('a READ becomes a receipt of kind 2', () => {
    expect(wholeWay(2).read('bob', 'alice', 1, 2).accepted('bob', 1).receipt('alice', 'bob', 2, 2).broken()).toEqual(
      [],
    );
  });
});

describe('lost messages', () => {
  test('an accepted message that never arrives is lost', () => {
    expect(aliceSends(1).accepted('alice', 1).broken()).toEqual(['lost']);
  });

  test('an accepted message that arrives and is never shown is lost', () => {
    expect(aliceSends(1).accepted('alice', 1).deliver('bob', 'alice', 1).broken()).toEqual(['lost']);
  });

  test('a SEND or READ without an answer is noticed when its client still resends it', () => {
    expect(aliceSends(1).broken()).toEqual(['unanswered']);
    expect(wholeWay(1).read('bob', 'alice', 1, 1).broken()).toEqual(['unanswered']);
  });

  test('ACCEPTED answers everything below it', () => {
    expect(aliceSends(3).accepted('alice', 2).broken()).toEqual(['lost', 'unanswered']);
  });
});

describe('duplicates and repetitions', () => {
  test('a message that is shown twice is a duplicate', () => {
    expect(wholeWay(1).shown('bob', 1).broken()).toEqual(['duplicate']);
  });

  test('a message that comes twice on one connection is a repetition', () => {
    expect(wholeWay(2).deliver('bob', 'alice', 2).ack('bob').broken()).toEqual(['repeated']);
  });

  test('a message whose receipt was acked does not come back on a later connection', () => {
    const story = wholeWay(1).later(10).closed('bob', 1006).connect('bob').deliver('bob', 'alice', 1).ack('bob');
    expect(story.broken()).toEqual(['repeated']);
  });

  test('but a receipt of kind 2 does not prove that the ack was taken', () => {
    const story = aliceSends(1).accepted('alice', 1).deliver('bob', 'alice', 1).shown('bob', 1).ack('bob');
    story.read('bob', 'alice', 1, 1).accepted('bob', 1).receipt('alice', 'bob', 2, 1).ack('alice').later(10);
    expect(story.connect('bob').deliver('bob', 'alice', 1).ack('bob').broken()).toEqual([]);
  });

  test('a message that was resent after a kill may come again, behind later ones', () => {
    const story = aliceSends(2).deliver('bob', 'alice', 1).shown('bob', 1).ack('bob').later(10);
    const kills = [{ n: story.n, at: Date.now() - 5 }];
    story.closed('alice', 1006).closed('bob', 1006).connect('alice').connect('bob').deliver('bob', 'alice', 2);
    story.send('alice', 'bob', 1, { again: true }).send('alice', 'bob', 2, { again: true }).accepted('alice', 2);
    story.deliver('bob', 'alice', 1).shown('bob', 2).ack('bob').receipt('alice', 'bob', 1, 2);
    expect(story.broken({ kills })).toEqual([]);
    expect(story.broken()).toEqual(['repeated']);
  });

  test('but it may, if the node was killed before the ack was surely on disk', () => {
    const story = wholeWay(1).later(10);
    const kills = [{ n: story.n, at: Date.now() - 5 }];
    story.closed('bob', 1006).connect('bob').deliver('bob', 'alice', 1).ack('bob');
    expect(story.broken({ kills })).toEqual([]);
  });

  test('nothing comes back when everything was at rest', () => {
    const story = wholeWay(1).later(10);
    const facts = { restN: story.n, kills: [{ n: story.n, at: Date.now() - 5 }] };
    story.closed('bob', 1006).connect('bob').deliver('bob', 'alice', 1).ack('bob');
    expect(story.broken(facts)).toEqual(['repeated']);
  });

  test('a WELCOME that counts something pending when everything was at rest is noticed', () => {
    const story = wholeWay(1);
    const restN = story.n;
    expect(story.connect('bob', { pending: 1 }).broken({ restN })).toEqual(['repeated']);
  });

  test('a failed message does not come back', () => {
    const story = new Story().connect('alice').send('alice', 'bob', 1, { ttl: 1 }).later(1500);
    const ts = Date.now() - 1500;
    story.receipt('alice', 'bob', 3, 1).connect('bob').deliver('bob', 'alice', 1, { ts }).shown('bob', 1);
    expect(story.broken()).toEqual(['repeated', 'ttl']);
  });
});

describe('order', () => {
  test('two messages that are swapped on one connection are noticed', () => {
    const story = aliceSends(2).accepted('alice', 2).deliver('bob', 'alice', 2).deliver('bob', 'alice', 1);
    expect(story.shown('bob', 2).ack('bob').receipt('alice', 'bob', 1, 2).broken()).toEqual(['order', 'lost']);
  });

  test('two messages that are swapped across a reconnect are noticed', () => {
    const story = aliceSends(2).accepted('alice', 2).deliver('bob', 'alice', 2).shown('bob', 2);
    story.connect('bob').deliver('bob', 'alice', 1).ack('bob').receipt('alice', 'bob', 1, 2);
    expect(story.broken()).toContain('order');
  });

  test('answers that go back, or beyond what was sent, are noticed', () => {
    expect(wholeWay(2).accepted('alice', 1).broken()).toEqual(['answer-order']);
    expect(wholeWay(2).accepted('alice', 3).broken()).toEqual(['answer-order']);
  });

  test('a gap in seq is noticed', () => {
    expect(wholeWay(1).receipt('alice', 'bob', 1, 1, { seq: 3 }).broken()).toEqual(['numbering']);
  });

  test('an entry before WELCOME is noticed', () => {
    const story = wholeWay(1).connect('bob').closed('bob', 1006);
    const early = new Story().tell('bob', { what: 'hello', life: 1, client: 'c', window: 1 });
    expect(story.broken()).toEqual([]);
    expect(early.receipt('bob', 'alice', 1, 1).broken()).toContain('numbering');
  });
});

describe('receipts', () => {
  test('a delivered message without its receipt is noticed', () => {
    const story = aliceSends(2).accepted('alice', 2).deliver('bob', 'alice', 1).deliver('bob', 'alice', 2);
    expect(story.shown('bob', 1, 2).ack('bob').receipt('alice', 'bob', 1, 1).broken()).toEqual(['receipt-missing']);
  });

  test('a receipt for what the recipient has not acked is false', () => {
    const story = aliceSends(1).accepted('alice', 1).deliver('bob', 'alice', 1).receipt('alice', 'bob', 1, 1);
    expect(story.shown('bob', 1).ack('bob').broken()).toEqual(['receipt-false']);
  });

  test('a receipt may pass over a SEND that deserves a rejection, whose client has lost its state before it came', () => {
    const story = new Story().connect('alice').connect('bob').send('alice', 'bob', 1, { expect: 'too_large' });
    story.send('alice', 'bob', 2).tell('alice', { what: 'closed', code: 1006 });
    story.tell('alice', { what: 'abandoned', life: 1 }).deliver('bob', 'alice', 2).shown('bob', 2).ack('bob');
    const told = story.connect('alice', { life: 2 }).receipt('alice', 'bob', 1, 2).ack('alice');
    expect(told.broken()).toEqual([]);
    expect(aliceSends(2).deliver('bob', 'alice', 2).receipt('alice', 'bob', 1, 2).broken()).toContain('receipt-false');
  });

  test('a receipt beyond what was sent is false', () => {
    expect(wholeWay(1).receipt('alice', 'bob', 1, 2).broken()).toEqual(['receipt-false']);
  });

  test('an accepted READ without a receipt of kind 2 is noticed', () => {
    expect(wholeWay(1).read('bob', 'alice', 1, 1).accepted('bob', 1).broken()).toEqual(['receipt-missing']);
  });

  test('a receipt of kind 2 without a READ is false', () => {
    expect(wholeWay(1).receipt('alice', 'bob', 2, 1).broken()).toEqual(['receipt-false']);
  });

  test('a message without a ttl does not expire, and one with a ttl not before it', () => {
    expect(aliceSends(1).receipt('alice', 'bob', 3, 1).broken()).toEqual(['ttl']);
    expect(aliceSends(1, { ttl: 2 }).receipt('alice', 'bob', 3, 1).broken()).toEqual(['ttl']);
  });

  test('nothing in a round is purged or undeliverable', () => {
    expect(aliceSends(1).receipt('alice', 'bob', 3, 1, { code: 'purged' }).broken()).toEqual(['receipt-false']);
  });

  test('a message is not handed out on a connection that began after its ttl', () => {
    const story = new Story().connect('alice').send('alice', 'bob', 1, { ttl: 1 }).accepted('alice', 1);
    const ts = Date.now() - 1500;
    story.later(1500).connect('bob').deliver('bob', 'alice', 1, { ts }).shown('bob', 1).ack('bob');
    expect(story.receipt('alice', 'bob', 1, 1).broken()).toEqual(['ttl']);
  });
});

describe('answers', () => {
  test('a sound SEND is not rejected, unless the round has quotas', () => {
    expect(aliceSends(1).rejected('alice', 1, 'overloaded').broken()).toEqual(['answer-wrong']);
    expect(
      aliceSends(1)
        .rejected('alice', 1, 'mailbox_full')
        .broken({ allowedRejections: ['mailbox_full'] }),
    ).toEqual([]);
  });

  test('a SEND that must be rejected gets its own code', () => {
    expect(aliceSends(1, { expect: 'invalid' }).rejected('alice', 1, 'invalid').broken()).toEqual([]);
    expect(aliceSends(1, { expect: 'invalid' }).rejected('alice', 1, 'too_large').broken()).toEqual(['answer-wrong']);
    expect(aliceSends(1, { expect: 'invalid' }).accepted('alice', 1).broken()).toContain('answer-wrong');
  });

  test('a resend gets the answer that it had before', () => {
    const rejected = wholeWay(1).connect('alice').send('alice', 'bob', 1, { again: true });
    expect(rejected.rejected('alice', 1, 'mailbox_full').broken({ allowedRejections: ['mailbox_full'] })).toEqual([
      'answer-changed',
    ]);
    const accepted = aliceSends(1)
      .rejected('alice', 1, 'mailbox_full')
      .connect('alice')
      .send('alice', 'bob', 1, { again: true });
    expect(accepted.accepted('alice', 1).broken({ allowedRejections: ['mailbox_full'] })).toEqual(['answer-changed']);
  });

  test('what was rejected is not delivered', () => {
    const story = aliceSends(1)
      .rejected('alice', 1, 'mailbox_full')
      .deliver('bob', 'alice', 1)
      .shown('bob', 1)
      .ack('bob');
    expect(story.broken({ allowedRejections: ['mailbox_full'] })).toEqual(['answer-wrong']);
  });
});

describe('logins', () => {
  test('an origin stands for one client, for ever', () => {
    expect(wholeWay(1).connect('alice', { life: 1, origin: 2 }).broken()).toEqual(['origin']);
    expect(wholeWay(1).connect('alice', { life: 2, origin: 1 }).broken()).toEqual(['origin']);
  });

  test('lastCid is not above what was sent', () => {
    expect(wholeWay(2).connect('alice', { lastCid: 2 }).broken()).toEqual([]);
    expect(wholeWay(2).connect('alice', { lastCid: 3 }).broken()).toEqual(['last-cid']);
  });

  test('WELCOME counts at least what is surely waiting', () => {
    const story = new Story()
      .connect('alice')
      .send('alice', 'bob', 1)
      .accepted('alice', 1)
      .connect('bob', { pending: 0 });
    story.deliver('bob', 'alice', 1).shown('bob', 1).ack('bob').receipt('alice', 'bob', 1, 1);
    expect(story.broken()).toEqual(['pending-count']);
  });

  test('the window bounds what is unacked', () => {
    const story = aliceSends(2).accepted('alice', 2).connect('bob', { window: 1, pending: 2 });
    story
      .deliver('bob', 'alice', 1)
      .deliver('bob', 'alice', 2)
      .shown('bob', 1, 2)
      .ack('bob')
      .receipt('alice', 'bob', 1, 2);
    expect(story.broken()).toEqual(['window']);
  });

  test('a client that keeps to the protocol is not refused', () => {
    expect(wholeWay(1).tell('alice', { what: 'error', code: 'bad_frame', detail: '' }).broken()).toEqual(['closed']);
    expect(wholeWay(1).closed('alice', 4008).broken()).toEqual(['closed']);
    expect(wholeWay(1).closed('alice', 4003).broken()).toEqual(['closed']);
  });

  test('a delivery that no one sent so is noticed', () => {
    expect(wholeWay(1).deliver('bob', 'alice', 9, { id: -1 }).broken()).toEqual(['corrupt']);
    expect(wholeWay(2).deliver('bob', 'mallory', 3, { id: 2 }).broken()).toEqual(['corrupt']);
  });
});
