/**
 * The part of Standard Schema v1 (standardschema.dev) that checks arguments: zod, valibot, arktype and others have it, so a
 * handler module takes whichever it likes.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a schema says of a value. */
export type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong with a value, and where. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What a value is once its schema has let it pass. */
export type OutputOf<Schema extends StandardSchema> = NonNullable<Schema['~standard']['types']>['output'];

/** So many issues are told; a caller that sends a list of a thousand bad items learns as much from the first few. */
const TOLD_ISSUES = 5;

/** Issues in words: `amount: expected a number; to: required`. */
export function describeIssues(issues: readonly SchemaIssue[]): string {
  const told = issues.slice(0, TOLD_ISSUES).map(describeIssue);
  if (issues.length > TOLD_ISSUES) told.push(`and ${issues.length - TOLD_ISSUES} more`);
  return told.join('; ');
}

function describeIssue({ message, path = [] }: SchemaIssue): string {
  if (path.length === 0) return message;
  const keys = path.map((part) => String(typeof part === 'object' ? part.key : part));
  return `${keys.join('.')}: ${message}`;
}
