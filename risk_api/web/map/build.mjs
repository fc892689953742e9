// Bundles the map of the page into risk_api/web/static/map: one script, its worker, one style sheet, the fonts.
// Every name but the manifest's carries the hash of its content, so that a browser may keep it for ever.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(here, "../static/map");
const sources = process.argv[2] ?? "";
const modules = path.join(here, "node_modules");
const next = `${out}.next`;

const hashed = (name, content) => {
  const { name: stem, ext } = path.parse(name);
  return `${stem}-${createHash("sha256").update(content).digest("hex").slice(0, 10)}${ext}`;
};

async function keep(name, content, compress = true) {
  const final = hashed(name, content);
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

// Latin, Cyrillic and the letters of Kazakh that Russian lacks.
const fonts = [];
const range = {
  latin: "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215",
  cyrillic: "U+0301,U+0400-045F,U+0490-0491,U+04B0-04B1,U+2116",
  "cyrillic-ext": "U+0460-048F,U+0492-04AF,U+04B2-052F,U+1C80-1C88,U+20B4,U+2DE0-2DFF,U+A640-A69F",
};
for (const weight of [400, 700]) {
  for (const [subset, letters] of Object.entries(range)) {
    const file = `noto-sans-${subset}-${weight}-normal.woff2`;
    const content = await readFile(path.join(modules, "@fontsource/noto-sans/files", file));
    const name = await keep(file, content, false);
    fonts.push(
      `@font-face{font-family:"Noto Sans";font-style:normal;font-weight:${weight};font-display:swap;` +
        `src:url(${name}) format("woff2");unicode-range:${letters}}`,
    );
  }
}

const worker = await keep(
  "map-worker.js",
  await readFile(path.join(modules, "maplibre-gl/dist/maplibre-gl-worker.mjs")).then(withoutSourceMap),
);
const bundled = await build({
  entryPoints: [path.join(here, "src/main.js")],
  bundle: true,
  write: false,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "eof",
  define: { WORKER_FILE: JSON.stringify(worker) },
});
const script = await keep("map.js", bundled.outputFiles[0].contents);
const styled = await build({
  entryPoints: [path.join(here, "map.css")],
  bundle: true,
  write: false,
  minify: true,
  loader: { ".svg": "dataurl" },
});
const style = await keep("map.css", Buffer.from(fonts.join("\n") + styled.outputFiles[0].text));
const offline = await keep("offline.js", await bundledOffline());

for (const [name, file] of [
  ["LICENSE-maplibre-gl.txt", "maplibre-gl/LICENSE.txt"],
  ["LICENSE-noto-sans.txt", "@fontsource/noto-sans/LICENSE"],
]) {
  await copyFile(path.join(modules, file), path.join(next, name));
}
const assets = (await readdir(next)).filter((name) => !/\.(br|gz|txt)$/.test(name)).sort();
const manifest = { sources, script, worker, style, offline, assets };
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
