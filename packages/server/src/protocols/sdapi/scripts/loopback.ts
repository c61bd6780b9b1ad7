import { cellsOf, oneByOne, type SelectableScript, sheetsOf } from './selectable.ts';

/** Of several chains only the last pictures are shown, as on the sheet. */
export const loopback: SelectableScript = {
  name: 'loopback',
  on: ['img2img'],
  count: 4,
  describe: () => [
    { label: 'Loops', value: 4, minimum: 1, maximum: 32, step: 1 },
    { label: 'Final denoising strength', value: 0.5, minimum: 0, maximum: 1, step: 0.01 },
    { label: 'Denoising strength curve', value: 'Linear', choices: ['Aggressive', 'Linear', 'Lazy'] },
    { label: 'Append interrogated prompt at each iteration', value: 'None', choices: ['None'] },
  ],
  read: ({ number, choice }) => {
    choice(3, ['None']);
    return {
      name: 'loopback',
      loops: number(0),
      finalStrength: number(1),
      curve: choice(2, ['Aggressive', 'Linear', 'Lazy']),
    };
  },
  show: (generation, { number }) => {
    const cells = cellsOf(generation);
    const loops = number(0);
    const shown = cells.filter((_, index) => cells.length === loops || index % loops === loops - 1);
    return [...oneByOne(sheetsOf(generation)), ...shown];
  },
  indexOfFirstImage: 0,
};
