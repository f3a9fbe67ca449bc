// Builds everything a page loads into ../static/build and prints what it weighs.
import { build } from 'esbuild';
import { readFileSync, writeFileSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const finished = path.resolve(here, '../static/build');
// A page served meanwhile never meets a half-built folder, and old hashed chunks do not pile up.
const out = path.join(here, 'node_modules/.steward-build');
const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  target: 'es2020',
  outdir: out,
  logLevel: 'warning',
  legalComments: 'external', // licences of what is bundled, in *.LEGAL.txt
  define: { 'process.env.NODE_ENV': '"production"' },
};

// Pages: common code goes into chunks with hashed names.
const pages = ['app', 'print', 'viewer'];
// One file each, for a page opened from disk, where modules may not be loaded.
const standalone = ['viewer-standalone'];

const source = (name) => `src/${name}.js`;

function sprite() {
  const folder = path.join(here, 'node_modules/@tabler/icons/icons/outline');
  const names = readFileSync(path.join(here, 'src/icons.txt'), 'utf8').split(/\s+/).filter(Boolean);
  const symbols = names.map((name) => {
    const svg = readFileSync(path.join(folder, `${name}.svg`), 'utf8');
    const shapes = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'));
    return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.replace(/\s*\n\s*/g, '')}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`;
}

// WhiteNoise sends name.br or name.gz, where it is there, instead of name. Gives the gzipped sizes.
function compress() {
  return readdirSync(out).filter((file) => /\.(js|css|svg)$/.test(file)).sort().map((file) => {
    const content = readFileSync(path.join(out, file));
    const small = gzipSync(content, { level: 9 });
    writeFileSync(path.join(out, `${file}.gz`), small);
    writeFileSync(path.join(out, `${file}.br`), brotliCompressSync(content));
    return `${file} ${(small.length / 1024).toFixed(1)}`;
  });
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await Promise.all([
  build({ ...shared, entryPoints: pages.map(source), format: 'esm', splitting: true }),
  build({ ...shared, entryPoints: standalone.map(source), format: 'iife' }),
]);
writeFileSync(path.join(out, 'icons.svg'), sprite());
const weights = compress();
rmSync(finished, { recursive: true, force: true });
mkdirSync(path.dirname(finished), { recursive: true });
renameSync(out, finished);
console.log(`front end, KiB gzipped: ${weights.join(', ')}`);
