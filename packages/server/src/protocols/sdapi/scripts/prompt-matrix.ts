import { cellsOf, oneByOne, type SelectableScript, sheetsOf } from './selectable.ts';

export const promptMatrix: SelectableScript = {
  name: 'prompt matrix',
  on: ['txt2img', 'img2img'],
  count: 5,
  describe: () => [
    { label: 'Put variable parts at start of prompt', value: false },
    { label: 'Use different seed for each picture', value: false },
    { label: 'Select prompt', value: 'positive', choices: ['positive', 'negative'] },
    { label: 'Select joining char', value: 'comma', choices: ['comma', 'space'] },
    { label: 'Grid margins (px)', value: 0, minimum: 0, maximum: 500, step: 2 },
  ],
  read: ({ flag, choice, number }) => ({
    name: 'prompt matrix',
    atStart: flag(0),
    differentSeeds: flag(1),
    of: choice(2, ['positive', 'negative']),
    delimiter: choice(3, ['comma', 'space']),
    margin: number(4),
  }),
  show: (generation) => [...oneByOne(sheetsOf(generation)), ...cellsOf(generation)],
  indexOfFirstImage: 1,
};
