import { CodeError } from '@mailbeam/code';
import type { CodeErrorCode, CodeServer, LoadOptions } from '@mailbeam/code';
import type { AdminAnswer, AdminRoute } from './admin-server.js';

/** Longest that an answer waits for an operation to go on. */
const MOST_WAIT_MS = 20_000;

const statuses: Partial<Record<CodeErrorCode, number>> = {
  bad_option: 400,
  not_found: 404,
  unknown_module: 404,
  unknown_operation: 404,
  operation_in_progress: 409,
  too_many_operations: 429,
  closed: 503,
};

/** What of the body may be told to the code server. */
const loadOptions = ['dryRun', 'canary', 'gateMs', 'dev', 'by'] as const;

/** Handler modules: what is live, loading, going back. Whoever may ask may do anything. */
export function codeRoutes(code: CodeServer): AdminRoute[] {
  return [
    {
      method: 'POST',
      path: '/code/load',
      handle: (_params, _query, body) =>
        answer(202, () => code.load(textOf(body, 'file'), optionsOf(body, ['file', ...loadOptions]))),
    },
    {
      method: 'POST',
      path: '/code/rollback',
      handle: (_params, _query, body) =>
        answer(202, () => code.rollback(textOf(body, 'name'), optionsOf(body, ['name', 'by']))),
    },
    {
      method: 'GET',
      path: '/code/versions',
      handle: () => answer(200, async () => ({ modules: await code.versions() })),
    },
    { method: 'GET', path: '/code/files', handle: () => answer(200, () => code.files()) },
    {
      method: 'GET',
      path: '/code/operations',
      handle: () => answer(200, () => ({ operations: code.operations() })),
    },
    {
      method: 'GET',
      path: '/code/operations/:id',
      handle: ({ id = '' }, query) => {
        const afterSeq = Number(query.get('afterSeq') ?? -1);
        const waitMs = Math.min(MOST_WAIT_MS, Number(query.get('waitMs') ?? 0));
        if (Number.isNaN(afterSeq) || !(waitMs >= 0)) return bad('afterSeq and waitMs are numbers');
        return answer(200, () => code.awaitOperation(id, afterSeq, waitMs));
      },
    },
  ];
}

async function answer(status: number, ask: () => unknown): Promise<AdminAnswer> {
  try {
    return { status, body: await ask() };
  } catch (error) {
    if (!(error instanceof CodeError)) throw error;
    const { code, message, ...rest } = error.toProblem();
    return { status: statuses[code] ?? 422, body: { error: code, detail: message, ...rest } };
  }
}

function bad(detail: string): AdminAnswer {
  return { status: 400, body: { error: 'bad_option', detail } };
}

/** @throws CodeError `bad_option` */
function textOf(body: Readonly<Record<string, unknown>>, key: string): string {
  const value = body[key];
  if (typeof value !== 'string' || value === '') throw new CodeError('bad_option', `${key} must be given, as text`);
  return value;
}

/** The options in a body; the code server checks their values. @throws CodeError `bad_option` for a key that is not known */
function optionsOf(body: Readonly<Record<string, unknown>>, known: readonly string[]): LoadOptions {
  for (const key of Object.keys(body))
    if (!known.includes(key)) throw new CodeError('bad_option', `${key} is not known`);
  return Object.fromEntries(loadOptions.filter((key) => key in body).map((key) => [key, body[key]])) as LoadOptions;
}
