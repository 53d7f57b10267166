import { expect, test } from '@jest/globals';
import { ListPlan, PacedPlan, SteadyPlan } from '../../src/load/send-plan.js';

test('a steady plan always has a next message, sent now', () => {
  const plan = new SteadyPlan('bob');
  expect(plan.next(5)).toBe('bob');
  expect(plan.stampUs).toBe(5);
});

test('a paced message that goes out late counts from when it was due', () => {
  const plan = new PacedPlan('bob', 1000, 500);
  expect(plan.next(999)).toBeUndefined();
  expect(plan.next(1700)).toBe('bob');
  expect(plan.stampUs).toBe(1000);
  expect(plan.next(1700)).toBe('bob');
  expect(plan.stampUs).toBe(1500);
  expect(plan.next(1700)).toBeUndefined();
  expect(plan.nextDueUs).toBe(2000);
});

test('a list is given once, in order', () => {
  const plan = new ListPlan('u', new Uint32Array([3, 1]));
  expect([plan.next(1), plan.next(2), plan.next(3)]).toEqual(['u3', 'u1', undefined]);
  expect(plan.isDone).toBe(true);
});
