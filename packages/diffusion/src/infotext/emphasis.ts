import { parseAttention } from '../prompt/attention.ts';

/** Whether a prompt weighs any of its words, so that the emphasis mode matters. */
export function usesEmphasis(prompt: string): boolean {
  try {
    return parseAttention(prompt).some(({ text, weight }) => weight !== 1 && text !== 'BREAK');
  } catch {
    // A weight that is no number, as in "(a:1.2.3)": weighed, if badly.
    return true;
  }
}
