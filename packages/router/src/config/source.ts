/** Where the value of a key comes from. The later kinds win over the earlier ones. */
export type ConfigSource =
  | { readonly kind: 'default'; readonly note: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'flag'; readonly flag: string };

/** A source in words, as errors and `mailbeam config` show it. */
export function sourceText(source: ConfigSource): string {
  switch (source.kind) {
    case 'default':
      return source.note === '' ? 'default' : `default: ${source.note}`;
    case 'file':
      return `file ${source.path}`;
    case 'environment':
      return `environment variable ${source.variable}`;
    case 'flag':
      return `flag ${source.flag}`;
  }
}

/** A value that a source gives to a key, not checked yet. */
export interface SourcedValue {
  readonly key: string;
  readonly value: unknown;
  readonly source: ConfigSource;
}
