import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findBrowser } from './browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-browser-'));
const program = join(folder, 'chromium');
const page = join(folder, 'chrome');
writeFileSync(program, '', { mode: 0o755 });
writeFileSync(page, '', { mode: 0o644 });
after(() => rmSync(folder, { recursive: true }));

test('CHROME_PATH wins, and is believed only where a program is', () => {
  assert.equal(findBrowser({ CHROME_PATH: program, PATH: '/nowhere' }, []), program);
  for (const CHROME_PATH of [page, folder, '/nowhere/chrome']) {
    assert.throws(() => findBrowser({ CHROME_PATH }, []), /CHROME_PATH/);
  }
});

test('then PATH, then the usual places', () => {
  assert.equal(findBrowser({ PATH: folder }, ['/nowhere']), program);
  assert.equal(findBrowser({ PATH: '/nowhere' }, ['/nowhere', page, program]), program);
  assert.equal(findBrowser({}, []), undefined);
});
