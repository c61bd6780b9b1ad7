import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildClipVocabulary, loadClipVocabulary } from './clip-vocabulary.ts';

test('CLIP has 49,408 tokens, each string once', async () => {
  const { ids, merges } = await loadClipVocabulary();
  assert.equal(ids.size, 49_408);
  assert.equal(merges.size, 48_894);
  assert.equal(ids.get('!'), 0);
  assert.equal(ids.get('a</w>'), 320);
  assert.equal(ids.get('<|startoftext|>'), 49_406);
  assert.equal(ids.get('<|endoftext|>'), 49_407);
});

test('merges are numbered after the bytes', () => {
  const { ids } = buildClipVocabulary(['a b', 'ab c</w>']);
  assert.equal(ids.get('ab'), 512);
  assert.equal(ids.get('abc</w>'), 513);
  assert.equal(ids.get('<|startoftext|>'), 514);
});
