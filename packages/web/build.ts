/**
 * Builds the page into `build/`, whose `handler.js` the server mounts. `node packages/web/build.ts` builds where the
 * sources have changed since the last time, `--force` in any case.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const folder = import.meta.dirname;
const output = join(folder, 'build');
const stamp = join(output, '.sources');
const lock = join(folder, '.svelte-kit', 'build.lock');
/** A build takes seconds; a lock older than this was left by one that died. */
const abandoned = 180_000;

/** What the build depends on, as one hash. */
function sources(): string {
  const files = globSync(
    ['src/**/*', 'static/**/*', '*.ts', '*.json', '../contract/src/**/*.ts', '../../package-lock.json'],
    {
      cwd: folder,
      exclude: (path) => /node_modules|\.svelte-kit|\.test\.ts$/.test(String(path)),
    },
  )
    .filter((file) => statSync(join(folder, file)).isFile())
    .toSorted();
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(folder, file)))
      .update('\0');
  return hash.digest('hex');
}

function isFresh(wanted: string): boolean {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
}

async function build(): Promise<void> {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'error'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve));
  if (code !== 0) throw new Error('The page could not be built (see above).');
}

/** Runs `work` while no other process does the same. */
async function alone(work: () => Promise<void>): Promise<void> {
  mkdirSync(dirname(lock), { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (age > abandoned) rmSync(lock, { force: true });
      else await pause(100);
    }
  }
  try {
    await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/**
 * Builds the page unless the build is already that of these sources. Several processes may call it at once.
 * @returns Path of `handler.js`, to be imported with BOTTEGA_INTERNAL_URL set.
 * @throws Error where the build fails; Vite's findings are on stderr.
 */
export async function buildIfStale(options: { readonly force?: boolean } = {}): Promise<string> {
  const wanted = sources();
  const needed = (): boolean => options.force === true || !isFresh(wanted);
  if (needed()) {
    await alone(async () => {
      if (!needed()) return;
      console.error('Building the page (once; a few seconds) ...');
      await build();
      writeFileSync(stamp, wanted);
    });
  }
  return join(output, 'handler.js');
}

if (import.meta.main) await buildIfStale({ force: process.argv.includes('--force') });
