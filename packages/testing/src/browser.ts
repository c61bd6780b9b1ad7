/**
 * A Chromium for tests: the machine's own, or one that is set up with the system's packages. Playwright's download of
 * a browser is not used.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
];
const places = [
  '/usr/bin/chromium',
  '/usr/lib/chromium/chromium',
  '/snap/bin/chromium',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Path of a Chromium or Chrome: CHROME_PATH, then the names on PATH, then the usual places.
 * @throws Error where CHROME_PATH names nothing that can be run.
 */
export function findBrowser(
  env: Environment = process.env,
  usual: readonly string[] = places,
): string | undefined {
  const { CHROME_PATH: chosen } = env;
  if (chosen !== undefined && chosen !== '') {
    if (isProgram(chosen)) return chosen;
    throw new Error(`CHROME_PATH is ${chosen}, but there is no program there. Mend it or unset it.`);
  }
  const onPath = (env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .flatMap((folder) => names.map((name) => join(folder, name)));
  return [...onPath, ...usual].find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * The machine's Chromium, set up with apt where there is none and this user may.
 * @throws Error that says what to install.
 */
export function requireBrowser(): string {
  const found = findBrowser();
  if (found !== undefined) return found;
  const installed = installWithApt() ? findBrowser() : undefined;
  if (installed !== undefined) return installed;
  throw new Error(
    'The browser tests need Chromium or Chrome, and none was found or could be installed. Install it (Debian: apt-get install chromium), or set CHROME_PATH to one.',
  );
}

function installWithApt(): boolean {
  if (!existsSync('/usr/bin/apt-get')) return false;
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = (...args: string[]): boolean => {
    const [program, ...rest] = [...asRoot, 'apt-get', ...args];
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    return spawnSync(program, rest, { stdio: ['ignore', 2, 2], env }).status === 0;
  };
  // Several test files may come here at once: the later ones wait for the first.
  const install = (): boolean =>
    apt(
      'install',
      '-y',
      '--no-install-recommends',
      '-o',
      'DPkg::Lock::Timeout=300',
      'chromium',
      'fonts-liberation',
    );
  console.error('Installing Chromium for the browser tests (once; a minute) ...');
  return install() || (apt('update') && install());
}

/** Starts it without a window; the caller closes it. Chromium's sandbox cannot be had by root. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: requireBrowser(),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}
