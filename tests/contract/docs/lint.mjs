// Lints openapi.json (Redocly) and asyncapi.json (AsyncAPI's own parser) of a folder: node lint.mjs FOLDER.
// Prints one line per finding; exit status 1 when there is any. Needs no network.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createConfig, lint } from "@redocly/openapi-core";
import { Parser } from "@asyncapi/parser";

const folder = process.argv[2];
if (!folder) {
  console.error("usage: node lint.mjs FOLDER");
  process.exit(2);
}
const findings = [];

const config = await createConfig({
  extends: ["recommended-strict"],
  rules: {
    // "Concrete definitions are matched before their templated counterparts" (OpenAPI 3.1, 4.8.8.1): /users/online.
    "no-ambiguous-paths": "off",
    "no-invalid-media-type-examples": "error",
    "no-invalid-parameter-examples": "error",
    "operation-operationId-unique": "error",
    "path-parameters-defined": "error",
    "no-unused-components": "error",
  },
});
for (const problem of await lint({ ref: join(folder, "openapi.json"), config })) {
  findings.push(`openapi.json ${problem.location[0]?.pointer ?? ""} ${problem.ruleId}: ${problem.message}`);
}

const { document, diagnostics } = await new Parser().parse(await readFile(join(folder, "asyncapi.json"), "utf8"));
for (const problem of diagnostics) {
  if (problem.code === "asyncapi-latest-version") continue; // 3.0 is what tools read today; 3.1 adds nothing for us
  findings.push(`asyncapi.json /${problem.path.join("/")} ${problem.code}: ${problem.message}`);
}
if (!document) findings.push("asyncapi.json: not a document");

for (const line of findings) console.log(line);
if (document && findings.length === 0) console.log(`good: AsyncAPI ${document.version()} with ${document.channels().all().length} channels`);
process.exit(findings.length === 0 ? 0 : 1);
