/** What one order may ask for. */
import { AppError } from '@bottega/contract';

/** Most drawings of one script. */
export const mostDrawings = 1000;
/** A1111's default for its grids, in millions. */
const mostMegapixels = 200;

/** @throws AppError `request.invalid`. */
export function requireFewDrawings(count: number): void {
  if (count > mostDrawings) {
    throw invalidScript(`makes ${count} drawings, and one order may have ${mostDrawings}`);
  }
}

/** @param width Of a place, in pixels, as its height. @throws AppError `request.invalid`. */
export function requireRoomOnSheet(places: number, width: number, height: number): void {
  const megapixels = Math.round((places * width * height) / 1e6);
  if (megapixels >= mostMegapixels) {
    throw invalidScript(
      `makes a sheet of ${megapixels} megapixels, and it may have ${mostMegapixels}; take a smaller size or fewer values`,
    );
  }
}

export function invalidScript(reason: string, field = 'script'): AppError {
  return new AppError('request.invalid', { field, reason });
}
