/** What an axis of a plot is. */
import type { OpenRecipe, World } from '../script.ts';
import type { Kind, Value } from './values.ts';

export type AxisContext = {
  readonly world: World;
  /** All values of the axis. */
  readonly values: readonly Value[];
  /** Named in errors. */
  readonly field: string;
};

export type AxisOption = {
  /** A1111's name of it. */
  readonly label: string;
  readonly kind: Kind;
  /** Where A1111 offers it; both where unset. */
  readonly only?: 'txt2img' | 'img2img';
  /** How slow a change is, by A1111's figures: the costliest axis changes least often. */
  readonly cost?: number;
  /** What A1111's page offers; clients send such axes as lists. */
  readonly choices?:
    | 'samplers'
    | 'schedulers'
    | 'models'
    | 'vaes'
    | 'styles'
    | 'upscalers'
    | readonly string[];
  /** Whether it must be applied before the others: they change what it brings. */
  readonly first?: boolean;
  /** How the legend names a value; "label" is `Label: value`. */
  readonly legend?: 'label' | 'value' | 'file';
  /** Does what the value says. */
  readonly apply: (recipe: OpenRecipe, value: never, context: AxisContext) => OpenRecipe;
  /** Why it is not there. */
  readonly missing?: string;
};
