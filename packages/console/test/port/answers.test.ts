/** The page imports nothing of the router, and says itself what it reads of an answer. Here the compiler compares the two. */
import { expect, test } from '@jest/globals';
import type { ModuleInfo, Operation, SupervisionTree, ActorView, ServiceView, UserView } from '@mailbeam/router';
import type {
  AlertsView,
  DeadLettersView,
  HandlerFiles,
  HistoryView,
  MailboxesView,
  ReplayedView,
  RulesView,
  SecondsView,
  StatusView,
} from '@mailbeam/router/admin-views';
import type * as page from '../../src/port/answers.js';
import { mailboxClasses, mailboxOrders } from '../../src/port/answers.js';
import type * as code from '../../src/port/code-answers.js';
import type * as inspect from '../../src/port/inspect-answers.js';
import { mailboxClasses as classes, topOrders } from '@mailbeam/telemetry';

/** Does not compile where an answer lacks something that the page reads, or has another type. */
type Fits<Read, Answer extends Read> = [Read, Answer];

export type Compared = [
  Fits<page.MailboxesAnswer, MailboxesView>,
  Fits<page.SecondsAnswer, SecondsView>,
  Fits<page.HistoryAnswer, HistoryView>,
  Fits<page.AlertsAnswer, AlertsView>,
  Fits<{ readonly rules: readonly page.AlertRule[] }, RulesView>,
  Fits<page.DeadLettersAnswer, DeadLettersView>,
  Fits<page.ReplayedAnswer, ReplayedView>,
  Fits<page.StatusAnswer, StatusView>,
  Fits<code.ModuleInfo, ModuleInfo>,
  Fits<code.Operation, Operation>,
  Fits<code.HandlerFilesAnswer, HandlerFiles>,
  Fits<inspect.TreeAnswer, SupervisionTree>,
  Fits<inspect.TargetAnswer, UserView | ServiceView | ActorView>,
];

test('the page has the classes and the orders of mailboxes that the router has', () => {
  expect(mailboxClasses).toEqual(classes);
  expect(mailboxOrders).toEqual(topOrders);
});
