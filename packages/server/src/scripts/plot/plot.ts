/** A1111's "X/Y/Z plot": every combination of up to three axes. */
import type { Axis } from '@bottega/contract';
import { pythonFloat } from '@bottega/diffusion';
import { invalidScript, requireFewDrawings } from '../limits.ts';
import type { Notes, PlotPlace } from '../plan.ts';
import { type Drawing, type OpenRecipe, type Script, withFixedSeeds, type World } from '../script.ts';
import type { Label, Sheet } from '../sheet/sheet.ts';
import { axes, findAxis } from './axes.ts';
import type { AxisContext, AxisOption } from './axis.ts';
import { csvList, toCsv } from './csv-list.ts';
import { drawingOrder } from './drawing-order.ts';
import { readValues, type Value } from './values.ts';

type Name = 'x' | 'y' | 'z';

type ReadAxis = {
  readonly option: AxisOption;
  readonly values: readonly Value[];
  /** As they were written. */
  readonly written: string;
  readonly labels: readonly string[];
  readonly apply: (recipe: OpenRecipe, index: number) => OpenRecipe;
};

const [nothing] = axes;

export const plot: Script<'x/y/z plot'> = {
  expand: (open, args, world) => {
    const { keepRandomSeeds = false, varySeeds = [], legend = true, subGrids = false, margin = 0 } = args;
    const recipe = keepRandomSeeds ? open : withFixedSeeds(open, world);
    const read = (name: Name): ReadAxis => readAxis(args[name], name, world, keepRandomSeeds);
    const [x, y, z] = [read('x'), read('y'), read('z')];
    const counts = [x, y, z].map(({ values }) => values.length);
    const [columns, rows, sheets] = counts;
    requireFewDrawings(columns * rows * sheets);

    const draw = (ix: number, iy: number, iz: number): Drawing => {
      const changes = [
        { axis: x, index: ix },
        { axis: y, index: iy },
        { axis: z, index: iz },
      ].toSorted((a, b) => Number(b.axis.option.first ?? false) - Number(a.axis.option.first ?? false));
      const applied = changes.reduce((now, { axis, index }) => axis.apply(now, index), recipe);
      const seed = applied.seed === -1 ? -1 : applied.seed + seedOffset([ix, iy, iz], counts, varySeeds);
      return { recipe: { ...applied, seed }, place: placeOf({ x, y, z }, { x: ix, y: iy, z: iz }) };
    };
    const drawings: Drawing[] = [];
    for (let iz = 0; iz < sheets; iz++)
      for (let iy = 0; iy < rows; iy++) for (let ix = 0; ix < columns; ix++) drawings.push(draw(ix, iy, iz));

    const flat = (iz: number): Sheet => ({
      columns,
      places: Array.from({ length: columns * rows }, (_, index) => ({
        variant: iz * columns * rows + index,
      })),
      columnLabels: legend ? x.labels.map(asLabel) : [],
      rowLabels: legend ? y.labels.map(asLabel) : [],
      margin,
      like: iz * columns * rows,
      notes: notesOf({ x, y }, keepRandomSeeds),
      ...(!subGrids && sheets > 1 && { isPart: true }),
    });
    const all: Sheet = {
      columns: sheets,
      places: Array.from({ length: sheets }, (_, iz) => ({ sheet: iz + 1 })),
      columnLabels: legend ? z.labels.map(asLabel) : [],
      rowLabels: [],
      margin: 0,
      like: 0,
      notes: notesOf({ x, y, z }, keepRandomSeeds),
    };
    const flats = Array.from({ length: sheets }, (_, iz) => flat(iz));
    return {
      drawings,
      order: drawingOrder(
        counts,
        [x, y, z].map(({ option: { cost = 0 } }) => cost),
      ),
      // With one Z value the sheet of all would be that value's.
      sheets: sheets === 1 ? [{ ...flats[0], notes: all.notes }] : [all, ...flats],
    };
  },
};

function readAxis(axis: Axis | undefined, name: Name, world: World, keepRandomSeeds: boolean): ReadAxis {
  const option = axis === undefined ? nothing : findAxis(axis.type);
  if (axis === undefined || option === nothing) {
    return { option: nothing, values: [0], written: '', labels: [''], apply: (recipe) => recipe };
  }
  const field = `script.${name}.values`;
  const texts = typeof axis.values === 'string' ? csvList(axis.values) : axis.values;
  const values = readValues(texts, option.kind, field).map((value) =>
    value === -1 && isSeed(option) && !keepRandomSeeds ? world.randomSeed() : value,
  );
  if (values.length === 0) throw invalidScript('has no values', field);
  const context: AxisContext = { world, values, field };
  return {
    option,
    values,
    written: typeof axis.values === 'string' ? axis.values : toCsv(axis.values),
    labels: values.map((value) => labelOf(option, value)),
    apply: (recipe, index) => option.apply(recipe, values[index] as never, context),
  };
}

function isSeed({ label }: AxisOption): boolean {
  return label === 'Seed' || label === 'Var. seed';
}

/** As Python prints it: a real number has a point. */
function labelOf({ label, kind, legend = 'label' }: AxisOption, value: Value): string {
  if (typeof value === 'object') return value.join(', ');
  const rounded =
    typeof value === 'number' && kind === 'real' ? pythonFloat(Number(value.toFixed(8))) : String(value);
  if (legend === 'file')
    return rounded.slice(Math.max(rounded.lastIndexOf('/'), rounded.lastIndexOf('\\')) + 1);
  return legend === 'value' ? rounded : `${label}: ${rounded}`;
}

function asLabel(text: string): Label {
  return [{ text }];
}

/** What A1111 adds to a seed where seeds vary along axes. */
function seedOffset(
  [ix, iy, iz]: readonly number[],
  [columns, rows]: readonly number[],
  vary: readonly Name[],
): number {
  const xs = vary.includes('x') ? columns : 1;
  const ys = vary.includes('y') ? rows : 1;
  return (
    (vary.includes('x') ? ix : 0) +
    (vary.includes('y') ? iy * xs : 0) +
    (vary.includes('z') ? iz * xs * ys : 0)
  );
}

function placeOf(read: Readonly<Record<Name, ReadAxis>>, index: Readonly<Record<Name, number>>): PlotPlace {
  const names = Object.keys(read) as Name[];
  const used = names.filter((name) => read[name].option !== nothing);
  return Object.fromEntries(used.map((name) => [name, read[name].labels[index[name]]]));
}

/** What A1111 writes into the infotext of a sheet. */
function notesOf(used: Readonly<Partial<Record<Name, ReadAxis>>>, keepRandomSeeds: boolean): Notes {
  const axisNotes = Object.entries(used).flatMap(([name, { option, written, values }]): Notes => {
    const letter = name.toUpperCase();
    if (option === nothing) return [];
    const isFixed = isSeed(option) && !keepRandomSeeds;
    return [
      [`${letter} Type`, option.label],
      [`${letter} Values`, written],
      ...(isFixed ? [[`Fixed ${letter} Values`, values.join(', ')] as const] : []),
    ];
  });
  return [['Script', 'X/Y/Z plot'], ...axisNotes];
}
