/** The VAE and the refiner of a request, as a recipe names them. */
import type { RecipeInput, sdapi } from '@bottega/contract';
import type { JsonObject } from '../../../settings/settings-store.ts';
import { findModel } from '../lists/models.ts';
import { refusal } from '../refusal.ts';
import type { SdapiServices } from '../services.ts';

type Request = Pick<sdapi.Txt2ImgRequest, 'refiner_checkpoint' | 'refiner_switch_at'>;

/** @throws SdapiRefusal 500 in A1111's words for an unknown refiner. */
export async function otherModels(
  request: Request,
  settings: JsonObject,
  { models, vaes }: Pick<SdapiServices, 'models' | 'vaes'>,
): Promise<Pick<RecipeInput, 'refiner' | 'vae'>> {
  const refiner = refinerOf(request, models);
  const vae = await vaeOf(settings.sd_vae, vaes);
  return { ...(refiner && { refiner }), ...(vae !== undefined && { vae }) };
}

function refinerOf(
  { refiner_checkpoint: name, refiner_switch_at: switchAt }: Request,
  models: SdapiServices['models'],
): RecipeInput['refiner'] {
  if (name === null || ['', 'None', 'none'].includes(name)) return undefined;
  const model = findModel(models, name);
  // Programs that fill in every field of the documentation send a word and 0.
  if (model === undefined && !switchAt) return undefined;
  if (model === undefined) throw refusal(500, `Could not find checkpoint with name ${name.slice(0, 300)}`);
  return { model: model.name, ...(switchAt !== null && { switchAt }) };
}

/** A1111 draws with the model's own where the setting names one that is not there. */
async function vaeOf(wanted: unknown, vaes: SdapiServices['vaes']): Promise<string | undefined> {
  if (typeof wanted !== 'string' || wanted === 'Automatic') return undefined;
  const found = await vaes.find(wanted).catch(() => undefined);
  return found?.fileName ?? 'None';
}
