import { expect, test } from '@jest/globals';
import { historyRoute } from '../../src/admin/history-route.js';
import type { HistoryRequest } from '../../src/telemetry/history.js';

const view = { stepSeconds: 10, at: [], columns: {} };
let asked: HistoryRequest[] = [];
let isBusy = false;
const route = historyRoute({
  read: (request) => {
    asked.push(request);
    return isBusy ? undefined : Promise.resolve(view);
  },
});
const ask = async (query: string) => route.handle({}, new URLSearchParams(query), {}, {});

test('the history is asked for with a span, points and columns', async () => {
  asked = [];
  expect(await ask('sinceMs=900000&points=90&columns=cpu.user,gc.time')).toEqual({ status: 200, body: view });
  expect(asked).toEqual([{ sinceMs: 900_000, points: 90, columns: ['cpu.user', 'gc.time'] }]);
});

test.each([
  'columns=',
  '',
  `columns=${'a,'.repeat(101)}`,
  'columns=a&sinceMs=999',
  'columns=a&sinceMs=21600001',
  'columns=a&sinceMs=x',
  'columns=a&points=0',
  'columns=a&points=2001',
])('%s is refused', async (query) => {
  expect(await ask(query)).toMatchObject({ status: 400, body: { error: 'bad_option' } });
});

test('those who come while too many read are told to come again', async () => {
  isBusy = true;
  expect(await ask('columns=a')).toMatchObject({ status: 429, body: { error: 'too_many_readers' } });
});
