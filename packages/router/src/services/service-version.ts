import type { ModuleUnit, Version } from '@mailbeam/code';
import type { Service } from '@mailbeam/handler';

/** A service as the router runs it: its state is its own affair. */
export type ServiceModule = Service;
/** A service with whatever state. */
export type AnyService = Pick<Service, 'kind' | 'name' | 'version' | 'state' | 'callers'>;
export type ServiceVersion = Version<ServiceModule>;

/** The version that an actor with this key gets when it starts now. */
export function chosen(unit: ModuleUnit, key: string): ServiceVersion {
  return unit.choose(key) as ServiceVersion;
}
