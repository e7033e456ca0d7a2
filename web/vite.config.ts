import { defineConfig, type Plugin } from 'vite';

/** Of marked its lexer is used. What it makes when it is loaded, for those who want HTML, keeps all the rest of it in the bundle: left out. */
const lexerOnly: Plugin = {
  name: 'lexer-only',
  apply: 'build',
  transform(code, id) {
    if (!id.endsWith('marked.esm.js')) return;
    const end = code.search(/var (\w+)=new \w+;function \w+\(\w+,\w+\)\{return \1\.parse\(/);
    const lexer = /(\w+) as Lexer,/.exec(code)?.[1];
    if (end < 0 || !lexer) throw new Error('marked is not what it was: lexerOnly in vite.config.ts has to follow');
    return `${code.slice(0, end)}export{${lexer} as Lexer};`;
  },
};

export default defineConfig({
  plugins: [lexerOnly],
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    outDir: 'dist',
    assetsDir: 'assets',
    target: 'es2022',
    assetsInlineLimit: 0,
    manifest: true,
    // What a part needs besides its styles is there already, as a rule: not worth being named in the first load.
    modulePreload: { polyfill: false, resolveDependencies: (_, parts) => parts.filter(part => part.endsWith('.css')) },
    rollupOptions: { input: ['index.html', 'chat.html'] },
  },
});
