import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numericTokenizer } from '../tokenizer/numeric-tokenizer.ts';
import { planPrompt, type PromptPlan, type PromptPlanOptions } from './prompt-plan.ts';

const tokenizer = numericTokenizer(600);
const plan = (options: Partial<PromptPlanOptions>) =>
  planPrompt({ prompt: '', steps: 20, tokenizer, ...options });
const textsAt = ({ groups, conditionsAt }: PromptPlan, call: number) => {
  const { positive, negative } = conditionsAt(call);
  return {
    positive: positive.map(({ group, text, weight }) => [groups[group].texts[text].text, weight]),
    negative: groups[negative.group].texts[negative.text].text,
  };
};

test('a plain prompt is two texts that guide every call', () => {
  const plain = plan({ prompt: '1 2', negativePrompt: '3' });
  assert.deepEqual(
    plain.groups.map(({ texts }) => texts.map(({ text }) => text)),
    [['1 2'], ['3']],
  );
  assert.deepEqual(textsAt(plain, 0), { positive: [['1 2', 1]], negative: '3' });
  assert.equal(plain.conditionsAt(0), plain.conditionsAt(19), 'nothing changes');
});

test('the text before a switch at step 5 holds for the calls 0 to 5', () => {
  const switched = plan({ prompt: '[1:2:5]', negativePrompt: '[3:4:0.5]' });
  assert.equal(textsAt(switched, 5).positive[0][0], '1');
  assert.equal(textsAt(switched, 6).positive[0][0], '2');
  assert.equal(textsAt(switched, 10).negative, '3');
  assert.equal(textsAt(switched, 11).negative, '4');
});

test('calls beyond the schedule get its first text', () => {
  assert.equal(textsAt(plan({ prompt: '[1:2:5]' }), 21).positive[0][0], '1');
});

test('an alternation starts with its first option and repeats it at call 1', () => {
  const alternating = plan({ prompt: '[1|2|3]' });
  const options = Array.from({ length: 6 }, (_, call) => textsAt(alternating, call).positive[0][0]);
  assert.deepEqual(options, ['1', '1', '2', '3', '1', '2']);
  assert.deepEqual(
    alternating.groups[0].texts.map(({ text, count }) => [text, count]),
    [
      ['1', 7],
      ['2', 7],
      ['3', 6],
    ],
  );
});

test('AND weighs its parts, in the positive prompt only', () => {
  const both = plan({ prompt: '1 :0.5 AND 2 AND 1:-1', negativePrompt: '3 AND 4' });
  assert.deepEqual(textsAt(both, 0), {
    positive: [
      ['1', 0.5],
      [' 2', 1],
      [' 1', -1],
    ],
    negative: '3 AND 4',
  });
});

test('a prompt on both sides is encoded once', () => {
  assert.equal(plan({ prompt: '1', negativePrompt: '1' }).groups.length, 1);
});

test('texts of one schedule have as many chunks as the longest, those of another their own', () => {
  const long = Array(80).fill('7').join(' ');
  const { groups } = plan({ prompt: `[1:${long}:5]`, negativePrompt: '2' });
  assert.deepEqual(
    groups.map(({ texts }) => texts.map(({ chunks }) => chunks.length)),
    [[2, 2], [1]],
  );
  const filler = groups[0].texts[0].chunks[1];
  assert.deepEqual(filler.tokens, [598, ...Array(76).fill(599)]);
});

test('the second pass counts from the first', () => {
  const second = plan({ prompt: '[1:2:25]', hiresSteps: 10 });
  assert.equal(textsAt(second, 5).positive[0][0], '1');
  assert.equal(textsAt(second, 6).positive[0][0], '2');
});

test('numbers that are none are refused', () => {
  assert.throws(() => plan({ prompt: '(1:1.2.3)' }), { code: 'request.invalid' });
  assert.throws(() => plan({ prompt: '[1:2:1e999]' }), { code: 'request.invalid' });
});
