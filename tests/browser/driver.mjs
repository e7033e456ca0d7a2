// Chromium for tests in Python (tests/harness/browser.py): a JSON line a request, a JSON line an answer.
//   {"on": "p1", "do": "keyboard.press", "args": ["Enter"]}  →  {"value": …} or {"error": "…"}
// What a page complains about (uncaught errors, console errors, what its security policy refused) is kept until `problems` asks for it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const PATIENCE = Number(process.env.PALIQUE_TEST_PATIENCE ?? 1);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const things = new Map();
let last = 0;
const keep = thing => {
  last += 1;
  things.set(`o${last}`, thing);
  return `o${last}`;
};

const browser = await chromium.launch({
  executablePath: process.env.PALIQUE_TEST_CHROMIUM ?? '/usr/bin/chromium',
  // No sandbox where it cannot be had: as root, and in containers. /dev/shm is small in both.
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--force-color-profile=srgb'],
  timeout: 120_000 * PATIENCE,
});

async function newContext(options) {
  const context = await browser.newContext({ strictSelectors: true, locale: 'en-US', ...options });
  context.setDefaultTimeout(60_000 * PATIENCE);
  // Told as a console error, so that what is refused before the page's own scripts run is heard too.
  await context.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', e =>
      console.error(`policy: ${e.violatedDirective} refused ${e.blockedURI} at ${e.sourceFile}:${e.lineNumber} ${e.sample}`),
    ),
  );
  return keep(context);
}

async function newPage(context) {
  const page = await things.get(context).newPage();
  const problems = [];
  page.on('pageerror', error => problems.push({ kind: 'error', text: String(error.stack ?? error) }));
  page.on('console', message => {
    if (message.type() === 'error') problems.push({ kind: 'console', text: message.text(), at: message.location().url });
  });
  const name = keep(page);
  things.set(`${name} problems`, problems);
  return name;
}

// Rules of WCAG 2.2 AA, and the size of targets.
async function findFaults(page, context) {
  await page.evaluate(axe);
  // A colour in the middle of its change is nobody's fault. What never ends is not waited for.
  await page.evaluate(() => Promise.allSettled(document.getAnimations()
    .filter(one => one.effect.getComputedTiming().endTime < Infinity).map(one => one.finished)));
  const found = await page.evaluate(where => globalThis.axe.run(where ?? document, { resultTypes: ['violations'],
    rules: { 'target-size': { enabled: true } } }), context);
  return found.violations.map(v => ({ id: v.id, help: v.help, where: v.nodes.map(n => `${n.target.join(' ')}: ${n.failureSummary}`) }));
}

async function answer({ on, do: what, args = [] }) {
  if (what === 'newContext') return newContext(args[0]);
  if (what === 'newPage') return newPage(on);
  if (what === 'problems') return things.get(`${on} problems`).splice(0);
  const thing = things.get(on);
  if (what === 'axe') return findFaults(thing, args[0]);
  if (what === 'close') {
    things.delete(on);
    things.delete(`${on} problems`);
  }
  if (what === 'refuse') return thing.route(args[0], route => route.abort());
  const path = what.split('.');
  const owner = path.slice(0, -1).reduce((object, name) => object[name], thing);
  const value = await owner[path.at(-1)](...args);
  return value === undefined || Buffer.isBuffer(value) || (typeof value === 'object' && !Array.isArray(value) && value?.constructor !== Object) ? null : value;
}

console.log(JSON.stringify({ value: browser.version() }));
for await (const line of createInterface({ input: process.stdin })) {
  try {
    console.log(JSON.stringify({ value: (await answer(JSON.parse(line))) ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error.message ?? error) }));
  }
}
await browser.close();
