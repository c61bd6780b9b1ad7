import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { EngineError } from '../errors.ts';

/** Files that are opened when they are first asked for, and closed together. */
export type OpenedFiles = AsyncDisposable & {
  /** @throws EngineError 'checkpoint.unreadable'. */
  get(path: string): Promise<FileHandle>;
};

export function openedFiles(): OpenedFiles {
  const opened = new Map<string, FileHandle>();
  return {
    get: async (path) => {
      const handle =
        opened.get(path) ??
        (await open(path).catch((error: NodeJS.ErrnoException) => {
          const { code: reason = 'unknown error' } = error;
          throw new EngineError('checkpoint.unreadable', { path, reason }, { cause: error });
        }));
      opened.set(path, handle);
      return handle;
    },
    [Symbol.asyncDispose]: async () => {
      for (const handle of opened.values()) await handle.close();
    },
  };
}
