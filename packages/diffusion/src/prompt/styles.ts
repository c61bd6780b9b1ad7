import { trimPython } from '../tokenizer/python-text.ts';

/** A saved piece of prompt. */
export type Style = { readonly name: string; readonly prompt: string; readonly negativePrompt: string };

/**
 * Applies styles one after the other: a style that contains `{prompt}` wraps the text, another is appended after ", ".
 * @param texts one side (positive or negative) of the styles, in order; an unknown style is an empty text
 * @example applyStyles('a cat', ['masterpiece, {prompt}', 'by night']) // 'masterpiece, a cat, by night'
 */
export function applyStyles(prompt: string, texts: readonly string[]): string {
  return texts.reduce(
    (current, style) =>
      style.includes('{prompt}')
        ? style.replaceAll('{prompt}', () => current)
        : [current, style]
            .map(trimPython)
            .filter((text) => text !== '')
            .join(', '),
    prompt,
  );
}
