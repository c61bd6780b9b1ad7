/** `bottega models add`: checks a file, then copies or links it into the models folder. */
import { constants, existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { AppError } from '@bottega/contract';
import { inspectCheckpoint } from '@bottega/diffusion';
import { type Context, UsageError } from './command.ts';
import { folders } from './model-files.ts';

/** Nothing is left behind where it fails. */
export async function addModel(context: Context, file: string): Promise<void> {
  const source = resolve(context.cwd, file);
  const info = await inspectCheckpoint(source);
  const folder = folders(context).models[0];
  const target = join(folder, basename(source));
  if (existsSync(target))
    throw new UsageError(`${target} exists already. Rename the new file, or delete the old one first.`);
  const partial = `${target}.partial`;
  try {
    await mkdir(folder, { recursive: true });
    if (context.values.link === true) {
      await symlink(source, target);
    } else {
      await copyFile(source, partial, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      await rename(partial, target);
    }
  } catch (error) {
    await rm(partial, { force: true });
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    if (code === 'ENOSPC' || code === 'EDQUOT')
      throw new AppError('storage.full', { folder }, { cause: error });
    throw new AppError('storage.unwritable', { folder, reason: code }, { cause: error });
  }
  if (context.values.json === true)
    context.print(JSON.stringify({ name: info.name, path: target, title: info.title }));
  else context.print(`${info.name} is installed: ${info.title}.`);
}
