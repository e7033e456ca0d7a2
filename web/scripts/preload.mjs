// The pages name what their first script and style will ask for, so that all of it comes at once instead of one after the
// other: the font, and the door or, on the page of a channel, the chat itself.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = new URL('../dist', import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8'));
const part = name => Object.values(manifest).find(chunk => chunk.name === name && chunk.isDynamicEntry);
/** A part, and what it shares with others besides the first script. */
const scripts = chunk =>
  [chunk, ...chunk.imports.map(key => manifest[key]).filter(shared => shared.name !== 'main')].map(
    ({ file }) => `<link rel="modulepreload" crossorigin href="/${file}">`,
  );
const start = part('start');
const text = manifest['src/styles/fonts/text.woff2'].file;
const font = `<link rel="preload" as="font" type="font/woff2" crossorigin href="/${text}">`;
const chat = [
  ...scripts(start),
  ...start.css.map(file => `<link rel="preload" as="style" crossorigin href="/${file}">`),
];
for (const [name, links] of [
  ['index.html', [font, ...scripts(part('Door'))]],
  ['chat.html', [font, ...chat]],
]) {
  const page = join(folder, name);
  writeFileSync(page, readFileSync(page, 'utf8').replace('</head>', `  ${links.join('\n  ')}\n</head>`));
}
