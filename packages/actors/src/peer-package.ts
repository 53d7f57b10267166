import { ActorError } from './errors.js';

const notFound = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'];

/**
 * Loads a package that only one entry point needs, so that whoever does not use it need not install it.
 * Rejects with ActorError `not_installed`, which says what to do; a fault of the package itself comes through as it is.
 */
export async function peerPackage<T>(name: string, range: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string };
    if (!notFound.includes(code) || !message.includes(name)) throw error;
    throw new ActorError('not_installed', `this entry point needs ${name}: npm install ${name}@${range}`, { error });
  }
}
