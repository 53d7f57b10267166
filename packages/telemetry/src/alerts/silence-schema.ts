import { z } from 'zod';
import { mailboxClasses } from '../mailbox-class.js';
import { MAX_SILENCES } from './silences.js';
import type { Silence } from './silences.js';

/** What a silence may be about, as an operator says it. */
export const silenceTargetSchema = z.strictObject({
  rule: z.string().max(256).optional(),
  mailbox: z.string().max(256).optional(),
  class: z.enum(mailboxClasses).optional(),
  by: z.string().max(256).optional(),
  comment: z.string().max(1_000).optional(),
});

const silencesSchema = z
  .array(silenceTargetSchema.extend({ id: z.string().min(1).max(64), until: z.number() }))
  .max(MAX_SILENCES);

/** Checks silences that were written down. @returns undefined where they are none */
export function parseSilences(given: unknown): Silence[] | undefined {
  const { data } = silencesSchema.safeParse(given);
  return data?.map((silence) => withoutUndefined(silence) as Silence);
}

/** What was left out is not there, instead of being undefined. */
export function withoutUndefined(given: object): object {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
