/** What prompts may name, as it lies in the folders when a job begins. */
import type { AdapterLookup } from '@bottega/diffusion';

export type AdapterSlot = { lookup(): Promise<AdapterLookup> };

/** @param folders Of models. */
export function createAdapterSlot(folders: readonly string[]): AdapterSlot {
  // The engine comes with them, and until the first job a worker is a small process.
  const opening = async () => (await import('../adapters/adapters.ts')).createAdapters(folders);
  let adapters: ReturnType<typeof opening> | undefined;
  return { lookup: async () => (await (adapters ??= opening())).lookup() };
}
