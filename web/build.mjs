// Bundles the page: node build.mjs OUT writes page.js, worker.js, style.css, page.html, service.js,
// ort.mjs and ort.wasm to the folder OUT. colorizer/web_page.py joins them with the networks.

import { cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "dist");
const runtime = join(here, "node_modules", "onnxruntime-web", "dist");

mkdirSync(out, { recursive: true });
await esbuild.build({
  absWorkingDir: here,
  entryPoints: ["src/page.js", "src/worker.js", "src/style.css", "src/service.js"],
  outdir: out,
  bundle: true,
  minify: true,
  charset: "utf8",
  format: "iife",
  supported: { "dynamic-import": true },
  target: ["chrome111", "firefox114", "safari16.4"],
  legalComments: "none",
});
cpSync(join(here, "src", "page.html"), join(out, "page.html"));
// The script that brings its WebAssembly's own script along: it is imported from a blob.
cpSync(join(runtime, "ort.wasm.bundle.min.mjs"), join(out, "ort.mjs"));
cpSync(join(runtime, "ort-wasm-simd-threaded.wasm"), join(out, "ort.wasm"));
