// The page of a channel names what its first script will ask for, so that all of it comes at once instead of one after the other.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = new URL('../dist', import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8'));
const start = Object.values(manifest).find(chunk => chunk.name === 'start' && chunk.isDynamicEntry);
const links = [
  `<link rel="modulepreload" crossorigin href="/${start.file}">`,
  ...start.css.map(file => `<link rel="preload" as="style" crossorigin href="/${file}">`),
];
const page = join(folder, 'chat.html');
writeFileSync(page, readFileSync(page, 'utf8').replace('</head>', `  ${links.join('\n  ')}\n</head>`));
