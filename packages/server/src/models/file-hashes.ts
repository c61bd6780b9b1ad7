/** SHA-256 of model files: slow to compute, so remembered as long as size and time stay the same. */
import { hashFile } from '@bottega/diffusion';
import type { Db } from '../db/connect.ts';
import type { FoundFile } from './scan.ts';

export type FileHashes = {
  /** Those that are known, by path. */
  known(files: readonly FoundFile[]): Promise<ReadonlyMap<string, string>>;
  /** Reads the whole file. */
  compute(file: FoundFile, signal: AbortSignal): Promise<string>;
};

export function createFileHashes(db: Db): FileHashes {
  return {
    known: async (files) => {
      if (files.length === 0) return new Map();
      const rows = await db
        .selectFrom('model_files')
        .selectAll()
        .where(
          'path',
          'in',
          files.map((file) => file.path),
        )
        .execute();
      const byPath = new Map(rows.map((row) => [row.path, row]));
      return new Map(
        files.flatMap((file) => {
          const row = byPath.get(file.path);
          return row?.bytes === file.bytes && row.modified === file.modified ? [[file.path, row.sha256]] : [];
        }),
      );
    },
    compute: async (file, signal) => {
      const { sha256 } = await hashFile(file.path, { signal });
      const row = { path: file.path, bytes: file.bytes, modified: file.modified, sha256 };
      await db
        .insertInto('model_files')
        .values(row)
        .onConflict((conflict) => conflict.column('path').doUpdateSet(row))
        .execute();
      return sha256;
    },
  };
}
