/**
 * Removes what follows `#` to the end of its line; a line that is nothing but comment goes with its line break.
 * What was removed leaves one line break, as in A1111 (option "Enable comments", on by default, in its API too).
 * @example stripComments('a cat # or a dog?\nsleeping') // 'a cat \nsleeping'
 */
export function stripComments(prompt: string): string {
  return prompt.replace(/(^|\n)#[^\n]*(\n|$)/g, '\n').replace(/#[^\n]*(\n|$)/g, '\n');
}
