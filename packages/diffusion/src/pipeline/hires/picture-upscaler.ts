import { openUpscaler } from '../../upscaler/open-upscaler.ts';
import type { Upscaler } from '../../upscaler/open-upscaler.ts';

/** Upscalers of pictures for one drawing: each is opened once, when it is first asked for. */
export type PictureUpscalers = AsyncDisposable & {
  /** @throws EngineError as `openUpscaler` does. */
  readonly open: (name: string) => Promise<Upscaler>;
};

/** @param folders in which model files are looked for. */
export function pictureUpscalers(folders: readonly string[] = []): PictureUpscalers {
  const opened = new Map<string, Promise<Upscaler>>();
  return {
    open: (name) => {
      const upscaler = opened.get(name) ?? openUpscaler(name, { folders });
      opened.set(name, upscaler);
      return upscaler;
    },
    [Symbol.asyncDispose]: async () => {
      for (const upscaler of opened.values()) await upscaler.then((one) => one.dispose()).catch(() => {});
    },
  };
}
