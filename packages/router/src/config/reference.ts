import { configKeys } from './config-key.js';
import type { ConfigKey } from './config-key.js';

/** Every key with its meaning, default, range and variable, as Markdown: the reference part of docs/configuration.md. */
export function configReference(): string {
  return configKeys.map(section).join('\n\n');
}

function section(key: ConfigKey): string {
  const fallback = `\`${JSON.stringify(key.default)}\``;
  return [
    `### \`${key.key}\``,
    '',
    key.description,
    '',
    `- Default: ${key.defaultNote === '' ? fallback : key.defaultNote}`,
    `- Allowed: ${key.allowed}`,
    ...(key.unit === '' ? [] : [`- Unit: ${key.unit}`]),
    `- Variable: \`${key.variable}\``,
  ].join('\n');
}
