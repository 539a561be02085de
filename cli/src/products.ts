// Products of one's own: a module that turns a name into a product, by its default export or its export `resolve`.

import { resolve as absolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ProductResolver, type Refusal, refuse } from '@plimsoll/core';

const MEND = 'export a function from a name to a product, as examples/capped-call.mjs does.';

/** The resolver of `--products`: code of the user's own, run as it is. */
export async function loadProducts(path: string): Promise<ProductResolver | Refusal> {
  let module: Record<string, unknown>;
  try {
    module = await import(pathToFileURL(absolute(path)).href);
  } catch (error) {
    const { code, url } = error as { code?: string; url?: string };
    if (code === 'ERR_MODULE_NOT_FOUND' && url === pathToFileURL(absolute(path)).href) {
      return refuse('malformed', 'There is no such file; check the path.', path);
    }
    const said = error instanceof Error ? error.message.split('\n')[0] : 'something that is no error';
    return refuse('malformed', `it cannot be loaded: ${said}. Mend the module; ${MEND}`, path);
  }
  const resolve = module['default'] ?? module['resolve'];
  if (typeof resolve === 'function') return resolve as ProductResolver;
  return refuse('malformed', `it has no function as default export or 'resolve'; ${MEND}`, path);
}
