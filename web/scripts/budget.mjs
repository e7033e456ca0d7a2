// Fails when what a first visit loads is larger than its limit (gzip).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const LIMITS = { '.js': 60 * 1024, '.css': 12 * 1024 };
const folder = new URL('../dist', import.meta.url).pathname;
const html = readFileSync(join(folder, 'index.html'), 'utf8');
const first = readdirSync(join(folder, 'assets')).filter(name => html.includes(name));
let over = false;
for (const [kind, limit] of Object.entries(LIMITS)) {
  const sizes = first
    .filter(name => name.endsWith(kind))
    .map(name => gzipSync(readFileSync(join(folder, 'assets', name))).length);
  const sum = sizes.reduce((a, b) => a + b, 0);
  console.log(`${kind}: ${(sum / 1024).toFixed(1)} KB of ${limit / 1024} KB`);
  over ||= sum > limit;
}
if (over) process.exit(1);
