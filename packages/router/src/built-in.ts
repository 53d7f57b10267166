import { VersionStats } from '@mailbeam/code';
import type { ModuleUnit, Version } from '@mailbeam/code';
import type { ModuleKind } from '@mailbeam/handler';

/** The version of a module that comes with the router: it is not loaded, and never freed. */
export function builtIn<M extends { readonly name: string; readonly version: string }>(
  kind: ModuleKind,
  module: M,
): Version<M> {
  return { kind, name: module.name, version: module.version, module, bundle: '', stats: new VersionStats() };
}

/** One version for everybody. */
export function onlyVersion(version: Version): ModuleUnit {
  return { kind: version.kind, name: version.name, choose: () => version };
}
