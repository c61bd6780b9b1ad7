import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AppError } from '@bottega/contract';
import { readConfig } from './config.ts';
import { configurationGuide } from './guide.ts';
import { settings } from './settings.ts';

test('without any variable the defaults hold', () => {
  const config = readConfig({}, '/somewhere');
  assert.deepEqual(
    [config.host, config.port, config.dataFolder, config.queueLimit, config.mode],
    ['127.0.0.1', 7860, '/somewhere/data', 1000, 'default'],
  );
  assert.equal(config.modelFolders[0], '/somewhere/data/models');
});

test('empty variables count as unset', () => {
  assert.equal(readConfig({ PORT: '', BOTTEGA_DATA: ' ' }).port, 7860);
});

test('lists are split and origins are reduced to what browsers send', () => {
  const { allowedOrigins } = readConfig({
    BOTTEGA_ALLOWED_ORIGINS: 'https://example.org/page, http://10.0.0.1:80',
  });
  assert.deepEqual(allowedOrigins, ['https://example.org', 'http://10.0.0.1']);
});

for (const host of ['0.0.0.0', '::', '192.168.1.2', 'example.org']) {
  test(`HOST=${host} is refused until there are accounts`, () => {
    assert.throws(() => readConfig({ HOST: host }), hasCode('config.no-accounts', host));
  });
}

for (const [name, value] of [
  ['PORT', '65536'],
  ['PORT', 'http'],
  ['PORT', '80.5'],
  ['DATABASE_URL', 'mysql://localhost'],
  ['BOTTEGA_SPEED', 'ludicrous'],
  ['BOTTEGA_DEVICE', '../cpu'],
  ['BOTTEGA_QUEUE_LIMIT', '0'],
  ['BOTTEGA_ALLOWED_ORIGINS', 'javascript:alert(1)'],
  ['BOTTEGA_THREADS', '-1'],
  ['BOTTEGA_API_ADMINS', 'anna'],
] as const) {
  test(`${name}=${value} is refused and named`, () => {
    assert.throws(() => readConfig({ [name]: value }), hasCode('config.invalid', name));
  });
}

test('the guide says what the settings say', () => {
  const path = join(import.meta.dirname, '../../../../docs/guide/configuration.md');
  assert.equal(readFileSync(path, 'utf8'), configurationGuide());
  for (const name of Object.keys(settings)) assert.ok(configurationGuide().includes(`\`${name}\``));
});

function hasCode(code: string, part: string) {
  return (error: unknown) => error instanceof AppError && error.code === code && error.message.includes(part);
}
