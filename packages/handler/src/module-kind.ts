/**
 * What a handler module can be: a service (`$name`), an interceptor, or one of the router's own behaviours, which go
 * through the same door.
 */
export type ModuleKind = 'service' | 'interceptor' | 'session';
