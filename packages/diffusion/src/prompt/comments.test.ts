import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripComments } from './comments.ts';

const examples: Readonly<Record<string, string>> = {
  'a cat': 'a cat',
  'a cat # or a dog': 'a cat \n',
  'a cat # or a dog\nasleep': 'a cat \nasleep',
  '# only a comment\na cat': '\na cat',
  'a\n# between\nb': 'a\nb',
  'a\n# one\n# two\nb': 'a\n\nb',
  '#': '\n',
};

for (const [prompt, stripped] of Object.entries(examples)) {
  test(`comments of ${JSON.stringify(prompt)}`, () => assert.equal(stripComments(prompt), stripped));
}
