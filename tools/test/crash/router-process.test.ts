import { expect, test } from '@jest/globals';
import { checkoutRoot } from '../../src/checkout.js';
import { RouterProcess } from '../../src/crash/router-process.js';

test('a kill that falls into the start after a kill is no complaint about the router', async () => {
  const router = new RouterProcess({ root: checkoutRoot });
  await router.start();
  await router.kill('both');
  await router.kill('both');
  // waits for the start under way
  await router.dispose(false);
  expect(router.complaints).toEqual([]);
}, 60_000);
