import { statSync } from 'node:fs';
import { hashFile } from '@bottega/diffusion';

/** The infotext's model hash, where reading the whole file takes no time that anybody notices. */
export async function quickHash(path: string): Promise<string | undefined> {
  return statSync(path).size <= 2 ** 28 ? (await hashFile(path)).sha256 : undefined;
}
