/** A recipe's ControlNets with nothing left open. */
import type { Control, Recipe } from '@bottega/contract';
import { findPreprocessor } from '@bottega/diffusion';
import { invalid } from '../errors/invalid.ts';
import type { ControlNets } from './control-nets.ts';

/**
 * Names each ControlNet by its title.
 * @throws AppError `control-net.unknown`, `request.invalid` naming the field; EngineError `preprocessor.unknown`.
 */
export async function resolveControls(
  { controls, start }: Pick<Recipe, 'controls' | 'start'>,
  controlNets: Pick<ControlNets, 'find'>,
): Promise<Recipe['controls']> {
  if (controls === undefined) return undefined;
  const resolved: Control[] = [];
  for (const [i, control] of controls.entries()) {
    const at = (field: string): string[] => ['controls', String(i), field];
    if (control.image === undefined && start === undefined) {
      throw invalid({ path: at('image'), message: 'must be the id of a picture that was sent' });
    }
    if ((control.start ?? 0) > (control.end ?? 1)) {
      throw invalid({ path: at('start'), message: 'must not be above the end' });
    }
    const preprocessor = findPreprocessor(control.preprocessor ?? 'none').name;
    const { title } = await controlNets.find(control.model);
    resolved.push({ ...control, model: title, preprocessor });
  }
  return resolved;
}
