// Beside each file that shrinks: its .gz and .br, so that no server compresses at run time.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const folder = new URL('../dist', import.meta.url).pathname;
for (const name of readdirSync(folder, { recursive: true })) {
  if (!/\.(html|js|css|svg|json|webmanifest)$/.test(name)) continue;
  const plain = readFileSync(join(folder, name));
  if (plain.length < 512) continue;
  writeFileSync(join(folder, `${name}.gz`), gzipSync(plain, { level: 9 }));
  writeFileSync(
    join(folder, `${name}.br`),
    brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  );
}
