import { writeFile } from 'node:fs/promises';
import { encodePng, loadModel, textToImage } from '@bottega/diffusion';

const [checkpoint, prompt, file] = process.argv.slice(2);
await using model = await loadModel(checkpoint);
for await (const event of textToImage(model, { prompt })) {
  if (event.type === 'step') console.log(`${Math.round(100 * event.fraction)} %`);
  if (event.type === 'picture') await writeFile(file, encodePng(event.image, event.infotext));
}
