/** What the extension tells of preprocessors and models, in its shapes and order. */
import type { sdapi } from '@bottega/contract';
import { type Preprocessor, preprocessors, type Slider } from '@bottega/diffusion';

/** @param usesLabels Whether preprocessors go by what the extension's page shows. */
export function moduleList(usesLabels: boolean): sdapi.ModuleList {
  const nameOf = usesLabels ? labelOf : ({ name }: Preprocessor): string => name;
  return {
    module_list: preprocessors.map(nameOf),
    module_detail: Object.fromEntries(preprocessors.map((one) => [nameOf(one), detailOf(one)])),
  };
}

/** Kinds of control with what fits each: a model fits where its name says the kind, or another word for it. */
export function controlTypes(titles: readonly string[]): sdapi.ControlTypes {
  const tags = [...new Set(preprocessors.flatMap((one) => one.tags))].toSorted();
  const all = {
    module_list: preprocessors.map(labelOf),
    model_list: ['None', ...titles],
    default_option: 'none',
    default_model: 'None',
  };
  const entries = tags.map((tag) => [tag, typeOf(tag, titles)] as const);
  return { control_types: { All: all, ...Object.fromEntries(entries) } };
}

const otherWords: Readonly<Record<string, readonly string[]>> = {
  instructp2p: ['ip2p'],
  scribble: ['sketch'],
  tile: ['blur'],
};

function typeOf(tag: string, titles: readonly string[]): sdapi.ControlTypes['control_types'][string] {
  const words = [tag.toLowerCase(), ...(otherWords[tag.toLowerCase()] ?? [])];
  const models = titles.filter((title) => words.some((word) => title.toLowerCase().includes(word)));
  const modules = preprocessors.filter((one) => one.name === 'none' || one.tags.includes(tag)).map(labelOf);
  // Version 1.1 of the published models is the best known.
  const newest = models.find((title) => title.split('[')[0].includes('11'));
  return {
    module_list: modules,
    model_list: ['None', ...models],
    default_option: modules[1] ?? modules[0],
    default_model: newest ?? models[0] ?? 'None',
  };
}

function labelOf({ name, label }: Preprocessor): string {
  return label ?? name;
}

function detailOf({ resolution, thresholds }: Preprocessor): sdapi.ModuleList['module_detail'][string] {
  const sliders = [...(resolution ? [resolution] : []), ...thresholds];
  return { model_free: false, sliders: sliders.map(sliderOf) };
}

function sliderOf({ label, value, minimum, maximum, step }: Slider) {
  return { name: label, value, min: minimum, max: maximum, step };
}
