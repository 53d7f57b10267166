import { dirname } from 'node:path';

/** The root of the checkout that this file belongs to, from `tools/src` and from `tools/dist` alike. */
export const checkoutRoot = dirname(dirname(import.meta.dirname));
