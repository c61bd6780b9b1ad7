import type { Style } from '../prompt/styles.ts';
import { trimPython } from '../tokenizer/python-text.ts';

const placeholder = '{prompt}';

/** Finds which styles a prompt was made with, and the prompt without them. */
export function extractStyles(
  prompt: string,
  negativePrompt: string,
  styles: readonly Style[],
): { readonly names: readonly string[]; readonly prompt: string; readonly negativePrompt: string } {
  const left = styles.filter((style) => style.prompt !== '' || style.negativePrompt !== '');
  const names: string[] = [];
  let text = { prompt, negativePrompt };
  for (;;) {
    const found = left.findIndex((style) => {
      const positive = without(style.prompt, text.prompt);
      const negative = without(style.negativePrompt, text.negativePrompt);
      if (positive === undefined || negative === undefined) return false;
      text = { prompt: positive, negativePrompt: negative };
      return true;
    });
    if (found < 0) return { names: names.toReversed(), ...text };
    names.push(left.splice(found, 1)[0].name);
  }
}

/** `prompt` before `style` was applied; `undefined` where it was not. */
function without(style: string, prompt: string): string | undefined {
  const whole = trimPython(prompt);
  const [before, ...rest] = trimPython(style).split(placeholder);
  // A second placeholder is nothing but text.
  const after = rest.join(placeholder);
  if (rest.length === 0) {
    if (!whole.endsWith(before)) return undefined;
    return whole.slice(0, whole.length - before.length).replace(/, $/, '');
  }
  return whole.startsWith(before) && whole.endsWith(after)
    ? whole.slice(before.length, Math.max(before.length, whole.length - after.length))
    : undefined;
}
