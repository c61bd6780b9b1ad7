/** Orders without a server and its database: planned and drawn in the process of whoever asks. */
export { readRecipe as readRecipeOf } from '../gallery/read-recipe.ts';
export { dataPaths } from '../config/data-paths.ts';
export { openPart, type PartTools } from '../worker/open-part.ts';
export { createTileCutter } from '../worker/tile-cutter.ts';
export { openFirst } from '../media/open-start.ts';
export { failureBefore, type Part, picturesOf, type Plan, sheetsToKeep } from '../scripts/plan.ts';
export { withNotes } from '../scripts/notes.ts';
export { decode } from '../scripts/sheet/decode.ts';
export { sheetMaker } from '../scripts/sheet/make-sheet.ts';
export { readStyles } from '../styles/styles.ts';
export { requestOf } from './request-of.ts';
export { type OfflinePlaces, planOffline } from './plan-offline.ts';
export { openTools, type OfflineTools } from './open-tools.ts';
