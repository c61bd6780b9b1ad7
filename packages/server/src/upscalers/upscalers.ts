/** The upscalers that can be used: looked for in the models' folders whenever somebody asks. */
import { AppError } from '@bottega/contract';
import { type FoundUpscaler, listUpscalers } from '@bottega/diffusion';

export type Upscalers = {
  list(): Promise<readonly FoundUpscaler[]>;
  /** By name or title, case aside. @throws AppError `request.invalid` naming `field`. */
  find(name: string, field: string): Promise<FoundUpscaler>;
};

/** @param folders with models, in whose `ESRGAN`, `RealESRGAN` ... upscalers lie. */
export function createUpscalers(folders: readonly string[]): Upscalers {
  return {
    list: () => listUpscalers(folders),
    find: async (name, field) => {
      const all = await listUpscalers(folders);
      const wanted = name.toLowerCase();
      const found = all.find((one) => [one.name, one.title].some((known) => known.toLowerCase() === wanted));
      if (found !== undefined && found.problem === undefined) return found;
      const usable = all.filter(({ problem }) => problem === undefined).map((one) => one.name);
      const shown = name.replace(/[^\P{C}]/gu, '').slice(0, 100);
      const reason = found?.problem ?? `there is no upscaler "${shown}"; choose ${usable.join(', ')}`;
      throw new AppError('request.invalid', { field, reason });
    },
  };
}
