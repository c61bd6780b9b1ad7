import { createHash } from 'node:crypto';
import assert from 'node:assert/strict';
import { rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { freshDataFolder } from '@bottega/testing';
import { readConfig } from '../config/config.ts';
import { openDatabase } from '../db/open-database.ts';
import { createLogger } from '../log/logger.ts';
import { createFileHashes } from './file-hashes.ts';
import type { FoundFile } from './scan.ts';

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

test('a hash is remembered in the database, as long as size and time stay the same', async () => {
  const dataFolder = await freshDataFolder();
  const path = join(dataFolder, 'a.safetensors');
  /** The file as a scan finds it. */
  const written = (content: string, seconds: number): FoundFile => {
    writeFileSync(path, content);
    utimesSync(path, seconds, seconds);
    const { size, mtimeMs } = statSync(path);
    return { path, name: 'a', fileName: 'a.safetensors', bytes: size, modified: mtimeMs };
  };
  const { signal } = new AbortController();
  const config = readConfig({ BOTTEGA_DATA: dataFolder });
  const { db, close } = await openDatabase(config, createLogger({ level: 'error', format: 'json' }));
  try {
    const first = written('weights', 1_700_000_000.25);
    assert.equal((await createFileHashes(db).known([first])).size, 0);
    assert.equal(await createFileHashes(db).compute(first, signal), sha256('weights'));
    assert.deepEqual(await createFileHashes(db).known([first]), new Map([[path, sha256('weights')]]));

    const later = written('WEIGHTS', 1_700_000_000.5);
    assert.equal((await createFileHashes(db).known([later])).size, 0, 'another time');
    const longer = written('weights!', 1_700_000_000.25);
    assert.equal((await createFileHashes(db).known([longer])).size, 0, 'another size');
    assert.equal(await createFileHashes(db).compute(longer, signal), sha256('weights!'));
    assert.deepEqual(
      await createFileHashes(db).known([longer, { ...longer, path: '/b' }]),
      new Map([[path, sha256('weights!')]]),
    );
  } finally {
    await close();
    rmSync(dirname(dataFolder), { recursive: true, force: true });
  }
});
