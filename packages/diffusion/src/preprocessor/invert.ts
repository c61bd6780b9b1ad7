import type { Preprocessor } from './preprocessor.ts';

/** White becomes black: for drawings with dark lines, where ControlNets expect light ones. */
export const invert: Preprocessor = {
  name: 'invert',
  label: 'invert (from white bg & black line)',
  tags: ['Canny', 'Lineart', 'Scribble', 'MLSD'],
  priority: 20,
  thresholds: [],
  apply: ({ width, height, data }) => ({ width, height, data: data.map((value) => 255 - value) }),
};
