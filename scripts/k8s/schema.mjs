// Checks the manifests of deploy/ strictly against the schemas of current Kubernetes: an unknown field, a missing one or one of a wrong kind is an
// error. node schema.mjs FOLDER: the kustomizations below it, each file by itself; and, where kubectl or kustomize is installed, each overlay as it
// is rendered, and prod with the components that it leaves out. One line a finding; exit status 1 when there is any.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import YAML from "yaml";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const KUSTOMIZATION_KEYS = ["apiVersion", "kind", "namespace", "resources", "components", "labels", "configMapGenerator", "images", "replicas", "patches"];
// Versions that were, and the current ones of the same form: the one overlay for old clusters is checked with these.
const OLD = { "policy/v1beta1": "policy/v1", "autoscaling/v2beta2": "autoscaling/v2" };
const FOR_OLD_CLUSTERS = "old-api";
const MORE = ["s3", "mail"];
const PARTLY = "type Partly<T> = null | (T extends (infer U)[] ? Partly<U>[] : T extends object ? { [K in keyof T]?: Partly<T[K]> } : T);\n";

const findings = [];
const sources = new Map(); // virtual file → { text, origin }
const find = (where, what) => findings.push(`${where}: ${what}`);

// ---- objects, as TypeScript

/** Adds one object. partly: a patch, which says only what it changes. */
function add(origin, object, { partly = false, old = false } = {}) {
  const version = (old && OLD[object.apiVersion]) || object.apiVersion;
  if (typeof version !== "string" || typeof object.kind !== "string") return find(origin, "no apiVersion and kind");
  if (!existsSync(path.join(HERE, "node_modules/kubernetes-models", version, `${object.kind}.d.ts`)))
    return find(origin, `there is no ${object.kind} in ${version} of current Kubernetes`);
  const { apiVersion, $patch, ...rest } = object;
  const type = partly ? "Partly<Model>" : "Model";
  const text = `import type { I${object.kind} as Model } from "kubernetes-models/${version}/${object.kind}";\n${partly ? PARTLY : ""}export const object: ${type} = ${JSON.stringify({ apiVersion: version, ...rest }, null, 1)};\n`;
  sources.set(path.join(HERE, `object-${sources.size}.ts`), { text, origin: `${origin} (${object.kind} ${object.metadata?.name})` });
}

function documents(origin, text) {
  return YAML.parseAllDocuments(text).flatMap((document) => {
    for (const problem of [...document.errors, ...document.warnings]) find(origin, problem.message);
    return document.errors.length ? [] : (document.toJSON() ?? []);
  });
}

// ---- kustomizations

const named = new Set(); // files that a kustomization names

function kustomization(file) {
  const folder = path.dirname(file);
  const [content] = documents(file, readFileSync(file, "utf8"));
  for (const key of Object.keys(content)) if (!KUSTOMIZATION_KEYS.includes(key)) find(file, `${key} is not in use here`);
  const there = (name) => {
    const target = path.join(folder, name);
    if (!existsSync(target)) find(file, `${name} is not there`);
    named.add(target);
    return target;
  };
  for (const name of [...(content.resources ?? []), ...(content.components ?? [])]) {
    const target = there(name);
    if (!existsSync(target)) continue;
    if (statSync(target).isDirectory()) there(path.join(name, "kustomization.yaml"));
    else for (const object of documents(target, readFileSync(target, "utf8"))) add(target, object);
  }
  for (const generator of content.configMapGenerator ?? []) for (const name of generator.files ?? []) there(name.split("=").at(-1));
  for (const { path: name, patch } of content.patches ?? []) patches(name ? there(name) : file, name ? readFileSync(there(name), "utf8") : patch);
}

function patches(origin, text) {
  for (const patch of documents(origin, text)) {
    if (patch.kind) add(origin, patch, { partly: true });
    else if (!["add", "remove", "replace"].includes(patch.op) || !String(patch.path).startsWith("/")) find(origin, `what is ${JSON.stringify(patch)}?`);
  }
}

function walk(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? walk(path.join(folder, entry.name)) : [path.join(folder, entry.name)]));
}

// ---- rendered overlays

const RENDERERS = [
  ["kustomize", "build"],
  ["kubectl", "kustomize"],
];

function render(folder) {
  for (const [program, command] of RENDERERS) {
    try {
      return execFileSync(program, [command, folder], { encoding: "utf8", maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "pipe"] });
    } catch (problem) {
      if (problem.code === "ENOENT") continue;
      find(folder, `cannot be rendered: ${problem.stderr}`);
      return "";
    }
  }
  return undefined;
}

/** prod with what it leaves out: the components that an operator adds. */
function prodWithMore(folder) {
  const made = mkdtempSync(path.join(tmpdir(), "prod-with-more-"));
  const at = (...names) => path.relative(realpathSync(made), path.resolve(folder, ...names));
  writeFileSync(path.join(made, "kustomization.yaml"), YAML.stringify({ resources: [at("overlays/prod")], components: MORE.map((name) => at("components", name)) }));
  try {
    return render(made);
  } finally {
    rmSync(made, { recursive: true });
  }
}

function overlays(folder) {
  const texts = new Map(readdirSync(path.join(folder, "overlays")).map((name) => [name, render(path.join(folder, "overlays", name))]));
  texts.set(`prod with ${MORE.join(" and ")}`, prodWithMore(folder));
  if ([...texts.values()].includes(undefined)) return "no kubectl or kustomize here: the overlays were not rendered";
  for (const [name, text] of texts) for (const object of documents(name, text)) add(`overlay ${name}`, object, { old: name === FOR_OLD_CLUSTERS });
  return `rendered: ${[...texts.keys()].join(", ")}`;
}

// ---- the judgement

function compile() {
  const options = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => sources.has(path.normalize(name)) || fileExists(name);
  host.readFile = (name) => sources.get(path.normalize(name))?.text ?? readFile(name);
  host.getSourceFile = (name, version, ...rest) =>
    sources.has(path.normalize(name)) ? ts.createSourceFile(name, sources.get(path.normalize(name)).text, version) : getSourceFile(name, version, ...rest);
  for (const { file, start, messageText } of ts.getPreEmitDiagnostics(ts.createProgram([...sources.keys()], options, host))) {
    const message = ts.flattenDiagnosticMessageText(messageText, " ").replace(/\s+/g, " ").slice(0, 600);
    const source = file && sources.get(path.normalize(file.fileName));
    const line = file?.text.split("\n")[file.getLineAndCharacterOfPosition(start).line].trim();
    find(source?.origin ?? file?.fileName ?? "TypeScript", `${message}${source ? ` — at ${line}` : ""}`);
  }
}

const root = process.argv[2];
const files = walk(root);
for (const file of files) if (path.basename(file) === "kustomization.yaml") kustomization(file);
for (const file of files)
  if (file.startsWith(path.join(root, "k8s")) && file.endsWith(".yaml") && path.basename(file) !== "kustomization.yaml" && !named.has(file)) find(file, "no kustomization names it");
const how = overlays(path.join(root, "k8s"));
compile();
for (const finding of findings) console.log(finding);
console.log(`${sources.size} objects and patches checked, ${findings.length} findings; ${how}`);
process.exitCode = findings.length === 0 ? 0 : 1;
