// Fails when what a first visit loads is larger than its limit (gzip): the sign-in page alone, and the chat with one language.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const LIMITS = { '.js': 60 * 1024, '.css': 12 * 1024 };
const DOOR = ['main', 'en', 'Door'];
const CHAT = ['main', 'en', 'start', 'notices'];
const folder = new URL('../dist', import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8'));

/** The files of a chunk and of all that it imports. */
function closure(name, files = new Set(), seen = new Set()) {
  if (seen.has(name)) return files;
  seen.add(name);
  const chunk = manifest[name];
  for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file);
  for (const one of chunk.imports ?? []) closure(one, files, seen);
  return files;
}

const named = name =>
  Object.keys(manifest).find(key => manifest[key].name === name && manifest[key].file.endsWith('.js'));

let over = false;
for (const [page, chunks] of [
  ['sign-in', DOOR],
  ['chat', CHAT],
]) {
  const files = new Set(chunks.flatMap(name => [...closure(named(name))]));
  for (const [kind, limit] of Object.entries(LIMITS)) {
    const sizes = [...files]
      .filter(name => name.endsWith(kind))
      .map(name => gzipSync(readFileSync(join(folder, name)), { level: 9 }).length);
    const sum = sizes.reduce((a, b) => a + b, 0);
    console.log(`${page} ${kind}: ${(sum / 1024).toFixed(1)} KB of ${limit / 1024} KB`);
    over ||= sum > limit;
  }
}
if (over) process.exit(1);
