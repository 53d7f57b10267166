import { InvalidArgumentError } from 'commander';

/** Reads a flag that takes a whole number from `least` up. */
export function wholeNumber(least = 0): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least || text.trim() === '')
      throw new InvalidArgumentError(`a whole number, ${least} or more`);
    return value;
  };
}
