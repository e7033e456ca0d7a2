// What a browser calls itself, in words that help to tell one's sessions apart.

const BROWSERS: [RegExp, string][] = [
  [/Edg/, 'Edge'],
  [/OPR\//, 'Opera'],
  [/SamsungBrowser/, 'Samsung Internet'],
  [/Firefox|FxiOS/, 'Firefox'],
  [/Chrom|CriOS/, 'Chrome'],
  [/Safari/, 'Safari'],
];
const SYSTEMS: [RegExp, string][] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

/** As "Firefox · Linux"; nothing where neither is known. */
export function deviceOf(agent: string): string | undefined {
  const first = (list: [RegExp, string][]) => list.find(([sign]) => sign.test(agent))?.[1] ?? [];
  return [first(BROWSERS), first(SYSTEMS)].flat().join(' · ') || undefined;
}
