/** Asking how a command is used loads neither the engine, nor the server, nor the schemas of recipes. */
import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { test } from 'node:test';

const loaded: string[] = [];
registerHooks({
  resolve: (specifier, context, next) => {
    const found = next(specifier, context);
    loaded.push(found.url);
    return found;
  },
});
const { run } = await import('./run.ts');
const { commands } = await import('./commands.ts');

async function said(...words: readonly string[]): Promise<string> {
  const printed: string[] = [];
  const exit = await run(words, {
    env: {},
    cwd: '/',
    print: (text) => printed.push(text),
    note: (text) => assert.fail(text),
    isTerminal: false,
    signal: new AbortController().signal,
  });
  assert.equal(exit, 0);
  return printed.join('\n');
}

test('help and version are there at once', async () => {
  assert.match(await said('--help'), /Usage: bottega COMMAND/);
  assert.match(await said('--version'), /^Bottega \d+\.\d+\.\d+$/);
  for (const name of Object.keys(commands)) assert.match(await said(name, '--help'), /Usage: bottega /);
  const engine = loaded.filter((url) => /packages\/diffusion|node_modules\/(?!@bottega)/.test(url));
  const server = loaded.filter((url) => /packages\/server\/src\/(?!version\.ts)/.test(url));
  assert.deepEqual([...engine, ...server], []);
});
