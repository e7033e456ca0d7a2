// The pages name what their first script and style will ask for, so that all of it comes at once instead of one after the
// other: the font, and on the page of a channel the chat itself.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = new URL('../dist', import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8'));
const start = Object.values(manifest).find(chunk => chunk.name === 'start' && chunk.isDynamicEntry);
const text = manifest['src/styles/fonts/text.woff2'].file;
const font = `<link rel="preload" as="font" type="font/woff2" crossorigin href="/${text}">`;
const chat = [
  `<link rel="modulepreload" crossorigin href="/${start.file}">`,
  ...start.css.map(file => `<link rel="preload" as="style" crossorigin href="/${file}">`),
];
for (const [name, links] of [
  ['index.html', [font]],
  ['chat.html', [font, ...chat]],
]) {
  const page = join(folder, name);
  writeFileSync(page, readFileSync(page, 'utf8').replace('</head>', `  ${links.join('\n  ')}\n</head>`));
}
