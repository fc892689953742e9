// Bundles the map of the page into risk_api/web/static/map: the script of the page, the map that it loads, MapLibre's
// worker, a style sheet for each, the fonts.
// Every name but the manifest's carries the hash of its content, so that a browser may keep it for ever.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import subsetFont from "subset-font";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(here, "../static/map");
const sources = process.argv[2] ?? "";
const modules = path.join(here, "node_modules");
const next = `${out}.next`;

const hashed = (name, content) => {
  const { name: stem, ext } = path.parse(name);
  return `${stem}-${createHash("sha256").update(content).digest("hex").slice(0, 10)}${ext}`;
};

const keep = (name, content, compress = true) => keepAs(hashed(name, content), content, compress);

// Under a name that has the hash already.
async function keepAs(final, content, compress = true) {
  await writeFile(path.join(next, final), content);
  if (compress) {
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
    await writeFile(path.join(next, `${final}.br`), brotliCompressSync(content, quality));
    await writeFile(path.join(next, `${final}.gz`), gzipSync(content, { level: 9 }));
  }
  return final;
}

await rm(next, { recursive: true, force: true });
await mkdir(next, { recursive: true });

// Latin, Cyrillic and the letters of Kazakh that Russian lacks: of these the package's files have five times as many as any
// language of the region writes, so only those of living ones are kept.
const fonts = [];
const range = {
  latin: "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215",
  cyrillic: "U+0301,U+0400-045F,U+0490-0491,U+04B0-04B1,U+2116",
  "cyrillic-ext": "U+0492-04AF,U+04B2-04FF",
};

const lettersOf = (ranges) =>
  ranges.split(",").map((part) => {
    const [first, last = first] = part.slice(2).split("-").map((code) => parseInt(code, 16));
    return String.fromCodePoint(...Array.from({ length: last - first + 1 }, (_, offset) => first + offset));
  }).join("");

for (const weight of [400, 700]) {
  for (const [subset, letters] of Object.entries(range)) {
    const file = `noto-sans-${subset}-${weight}-normal.woff2`;
    const whole = await readFile(path.join(modules, "@fontsource/noto-sans/files", file));
    const name = await keep(file, await subsetFont(whole, lettersOf(letters), { targetFormat: "woff2" }), false);
    fonts.push(
      `@font-face{font-family:"Noto Sans";font-style:normal;font-weight:${weight};font-display:swap;` +
        `src:url(${name}) format("woff2");unicode-range:${letters}}`,
    );
  }
}

// The page draws its table with these; the map's own sheet comes with the map.
const faces = await keep("fonts.css", Buffer.from(fonts.join("\n")));

const worker = await keep(
  "map-worker.js",
  await readFile(path.join(modules, "maplibre-gl/dist/maplibre-gl-worker.mjs")).then(withoutSourceMap),
);
const bundled = await build({
  entryPoints: { page: path.join(here, "src/page.js"), map: path.join(here, "src/map.js") },
  bundle: true,
  splitting: true,
  write: false,
  outdir: next,
  entryNames: "[name]-[hash]",
  chunkNames: "shared-[hash]",
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "eof",
  define: { WORKER_FILE: JSON.stringify(worker) },
});
const scripts = [];
for (const { path: file, contents } of bundled.outputFiles) scripts.push(await keepAs(path.basename(file), contents));
const named = (start) => scripts.find((name) => name.startsWith(start));
const styled = await build({
  entryPoints: [path.join(here, "map.css")],
  bundle: true,
  write: false,
  minify: true,
  loader: { ".svg": "dataurl" },
});
const style = await keep("map.css", styled.outputFiles[0].contents);
const offline = await keep("offline.js", await bundledOffline());

for (const [name, file] of [
  ["LICENSE-maplibre-gl.txt", "maplibre-gl/LICENSE.txt"],
  ["LICENSE-noto-sans.txt", "@fontsource/noto-sans/LICENSE"],
]) {
  await copyFile(path.join(modules, file), path.join(next, name));
}
const assets = (await readdir(next)).filter((name) => !/\.(br|gz|txt)$/.test(name)).sort();
const ahead = scripts.filter((name) => name !== named("page-"));
const manifest = { sources, script: named("page-"), ahead, worker, style, fonts: faces, offline, assets };
await writeFile(path.join(next, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
await rm(out, { recursive: true, force: true });
await rename(next, out);

function withoutSourceMap(content) {
  return Buffer.from(content.toString().replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"));
}

async function bundledOffline() {
  const made = await build({
    entryPoints: [path.join(here, "src/offline.js")],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    minify: true,
  });
  return made.outputFiles[0].contents;
}
