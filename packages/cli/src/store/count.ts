/** A number as a person reads it: 1,234,567. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** Bytes as a person reads them: 12.3 MB. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })} MB`;
}
