/** A recipe's VAE by its full name. */
import type { Vaes } from '../models/vaes.ts';

/** What takes the model's own VAE. */
const own = 'None';

/**
 * @returns its file name; `None` where the model's own is asked for; `undefined` where the choice is left to the model.
 * @throws AppError `vae.unknown`.
 */
export async function resolveVae(
  name: string | undefined,
  vaes: Pick<Vaes, 'find'>,
): Promise<string | undefined> {
  if (name === undefined || name.toLowerCase() === 'automatic') return undefined;
  return name.toLowerCase() === own.toLowerCase() ? own : (await vaes.find(name)).fileName;
}
