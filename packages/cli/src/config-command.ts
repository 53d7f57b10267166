import { configKeys, configReference, configValue, sourceText } from '@mailbeam/router/config';
import type { ConfigKey, LoadedConfig } from '@mailbeam/router/config';
import { configFor } from './config-in-force.js';
import type { ConfigFlags } from './config-flags.js';
import { ExitCode } from './exit-code.js';
import type { ExitStatus } from './exit-code.js';
import type { Output } from './output.js';

export interface ConfigCommandFlags extends ConfigFlags {
  readonly json?: boolean;
  readonly describe?: boolean;
}

/** `mailbeam config`: what is in force, and where each value comes from. Starts nothing. */
export async function configCommand(flags: ConfigCommandFlags, output: Output): Promise<ExitStatus> {
  if (flags.describe === true) {
    output.line(configReference());
    return ExitCode.OK;
  }
  const loaded = await configFor(flags);
  if (flags.json === true) output.line(JSON.stringify(asJson(loaded), undefined, 2));
  else for (const line of asTable(loaded, output)) output.line(line);
  return ExitCode.OK;
}

function asJson({ config, sources, file }: LoadedConfig): unknown {
  return {
    file: file ?? null,
    config,
    sources: Object.fromEntries([...sources].map(([key, source]) => [key, sourceText(source)])),
  };
}

function asTable({ config, sources }: LoadedConfig, output: Output): string[] {
  const rows = configKeys.map((key) => {
    const source = sources.get(key.key) ?? { kind: 'default', note: '' };
    return {
      key: key.key,
      value: valueText(key, configValue(config, key.key)),
      source: sourceText(source),
      isDefault: source.kind === 'default',
    };
  });
  const keyWidth = Math.max(...rows.map((row) => row.key.length));
  const valueWidth = Math.max(...rows.map((row) => row.value.length));
  return rows.map((row) => {
    const text = `${row.key.padEnd(keyWidth)}  ${row.value.padEnd(valueWidth)}  ${row.source}`;
    return output.style(row.isDefault ? 'dim' : 'bold', text);
  });
}

/** Rules are too long for a column. */
function valueText({ kind }: ConfigKey, value: unknown): string {
  return kind === 'rules' ? `${(value as readonly unknown[]).length} rules` : JSON.stringify(value);
}
