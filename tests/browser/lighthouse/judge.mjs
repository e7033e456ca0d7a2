// Lighthouse (telephone, throttled as it comes) on the sign-in page and on a channel that one is signed in to: a JSON line each.
//   node judge.mjs BASE EMAIL PASSWORD CHANNEL
import lighthouse from 'lighthouse';
import puppeteer from 'puppeteer-core';

const [base, email, password, channel] = process.argv.slice(2);
const browser = await puppeteer.launch({
  executablePath: process.env.PALIQUE_TEST_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
});
const page = await browser.newPage();
const SHOWN = { FCP: 'first-contentful-paint', LCP: 'largest-contentful-paint', TBT: 'total-blocking-time', CLS: 'cumulative-layout-shift', SI: 'speed-index' };

async function judge(name, path) {
  const categories = ['performance', 'accessibility', 'best-practices'];
  const { lhr } = await lighthouse(base + path, { onlyCategories: categories, disableStorageReset: true, logLevel: 'error' }, undefined, page);
  const faults = categories.flatMap(one => lhr.categories[one].auditRefs)
    .filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 0.9)
    .map(({ id }) => `${id} ${lhr.audits[id].displayValue ?? ''}`.trim());
  const scores = Object.fromEntries(categories.map(one => [one, Math.round(lhr.categories[one].score * 100)]));
  const times = Object.fromEntries(Object.entries(SHOWN).map(([short, id]) => [short, lhr.audits[id].displayValue.replace(/\s/g, ' ')]));
  console.log(JSON.stringify({ name, scores, times, faults }));
}

await judge('sign-in', '/login');
await page.goto(`${base}/login`);
await page.type('#username', email);
await page.type('#password', password);
await page.keyboard.press('Enter');
await page.waitForSelector('.side');
await judge('channel', `/c/${channel}`);
await browser.close();
