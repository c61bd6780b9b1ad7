import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { hashFile } from './hash-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-hash-'));
after(() => rmSync(folder, { recursive: true }));

const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 31) >> 3);
const path = join(folder, 'file');
writeFileSync(path, bytes);

function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

test('SHA-256 is of the whole file, AutoV2 its beginning, AutoV1 of 64 KiB at 1 MiB', async () => {
  assert.deepEqual(await hashFile(path), {
    sha256: sha256(bytes),
    autoV2: sha256(bytes).slice(0, 10),
    autoV1: sha256(bytes.subarray(0x100000, 0x110000)).slice(0, 8),
  });
});

test('a file shorter than 1 MiB has the AutoV1 of nothing', async () => {
  const short = join(folder, 'short');
  writeFileSync(short, 'abc');
  const { autoV1, sha256: whole } = await hashFile(short);
  assert.equal(autoV1, 'e3b0c442');
  assert.equal(whole, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('progress rises to the size of the file', async () => {
  const seen: number[] = [];
  await hashFile(path, {
    onProgress: (done, total) => {
      assert.equal(total, bytes.length);
      seen.push(done);
    },
  });
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => a - b),
  );
  assert.equal(seen.at(-1), bytes.length);
});

test('a signal stops it in the middle', async () => {
  const stop = new AbortController();
  const reading = hashFile(path, { signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) });
  await assert.rejects(reading, /enough/);
});

test('a file that is not there is named', async () => {
  await assert.rejects(hashFile(join(folder, 'none')), { code: 'checkpoint.not-found' });
  await assert.rejects(hashFile(folder), { code: 'checkpoint.unreadable' });
});
