import { cellsOf, oneByOne, type SelectableScript } from './selectable.ts';

export const prompts: SelectableScript = {
  name: 'prompts from file or textbox',
  on: ['txt2img', 'img2img'],
  count: 4,
  describe: () => [
    { label: 'Iterate seed every line', value: false },
    { label: 'Use same random seed for all lines', value: false },
    { label: 'Insert prompts at the', value: 'start', choices: ['start', 'end'] },
    { label: 'List of prompt inputs', value: '' },
  ],
  read: ({ flag, choice, text }) => ({
    name: 'prompts from file or textbox',
    iterateSeed: flag(0),
    sameSeed: flag(1),
    position: choice(2, ['start', 'end']),
    lines: text(3),
  }),
  show: (generation) => oneByOne(cellsOf(generation).flat()),
  indexOfFirstImage: 0,
};
