// Builds static/dist: one stylesheet, one script, the fonts and the icons that are really used.
// Called by scripts/assets.py; `node scripts/assets.mjs` works too, from the project's root.
//
//   ponte.css    Bootstrap Italia without the rules nobody uses, then static/css: tokens, fonts, base, the rest by name
//   admin*.css   each file of static/css that begins with "admin", alone: for the editor's own pages
//   main.js      and every other static/js/*.js; Stimulus controllers are collected from static/js/controllers
//   *.mjs        become modules, which a script loads only when it needs them
//   sprite.svg   <symbol id="it-NAME"> for every icon named in a template, in Python or in a script
//   fonts/ img/  woff2 files that the stylesheet names; static/img as it is
import { build } from "esbuild";
import { PurgeCSS } from "purgecss";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { writeContexts } from "./contexts.mjs";
import { basename, extname, join, relative, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const italia = join(root, "node_modules/bootstrap-italia/dist");
const out = join(root, "static/dist");
const draft = join(root, `static/.dist-${process.pid}`);

function files(folder, extensions) {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true })
    .map((name) => join(path, name))
    .filter((name) => extensions.includes(extname(name)) && statSync(name).isFile())
    .filter((name) => !/\/(migrations|locale|tests|__pycache__)\//.test(name))
    .sort();
}

const rooms = ["cms", "courses", "lms", "live", "demo"];
const sources = [...rooms.flatMap((room) => files(room, [".html", ".py", ".svg"])), ...files("static/js", [".js"])];
const text = new Map(sources.map((file) => [file, readFileSync(file, "utf8")]));

// ---- styles -------------------------------------------------------------------------------------------------
const styles = files("static/css", [".css"]);
const isAdmin = (file) => basename(file).startsWith("admin");
const rank = (file) => {
  const first = ["tokens.css", "fonts.css", "base.css"].indexOf(relative(join(root, "static/css"), file));
  return first < 0 ? 9 : first;
};
const own = styles.filter((file) => !isAdmin(file)).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));

async function purgedItalia() {
  const css = readFileSync(join(italia, "css/bootstrap-italia.min.css"), "utf8");
  const everywhere = [...own.map((file) => readFileSync(file, "utf8")), ...text.values()].join("\n");
  const named = [...new Set(everywhere.match(/--[a-z0-9-]+/gi) ?? [])];
  const [result] = await new PurgeCSS().purge({
    content: [...text].map(([file, raw]) => ({ raw, extension: extname(file).slice(1) })),
    css: [{ raw: css }],
    defaultExtractor: (content) => content.match(/[A-Za-z0-9_-]+/g) ?? [],
    fontFace: true,
    keyframes: true,
    variables: true,
    // States that only the browser or a script of ours sets.
    safelist: { standard: ["html", "body", "dialog", "details", "summary", "progress", "show", "active", "disabled"], variables: named },
    // Its player and its carousel are not used; these components are ours (static/css/components).
    blocklist: [/^vjs-/, /^video-js/, /^splide/, /^(alert|badge|breadcrumb|card|dialog|pagination|progress|table)$/],
  });
  return result.css;
}

// ---- icons --------------------------------------------------------------------------------------------------
function sprite() {
  const drawn = new Map();
  for (const [, id, box, body] of readFileSync(join(italia, "svg/sprites.svg"), "utf8").matchAll(
    /<symbol id="it-([^"]+)" viewBox="([^"]+)"[^>]*>(.*?)<\/symbol>/gs,
  )) drawn.set(id, { box, body });
  for (const file of files("static/img/icons", [".svg"])) {
    const [, box, body] = readFileSync(file, "utf8").match(/<svg[^>]*viewBox="([^"]+)"[^>]*>(.*)<\/svg>/s);
    drawn.set(basename(file, ".svg"), { box, body });
  }
  const used = new Set();
  for (const content of text.values()) {
    for (const [, name] of content.matchAll(/\bit-([a-z0-9-]+)/g)) used.add(name);
    for (const [, name] of content.matchAll(/icon\w*["']?\s*[=:,(]?\s*["'](?:it-)?([a-z0-9-]+)["']/gi)) used.add(name);
    // {# icons: one two #} and "# icons: one two": names that a template or a function only computes.
    for (const [, names] of content.matchAll(/\bicons:\s*([a-z0-9 -]+)/g)) names.split(/\s+/).forEach((name) => used.add(name));
  }
  const symbols = [...used].filter((name) => drawn.has(name)).sort()
    .map((name) => `<symbol id="it-${name}" viewBox="${drawn.get(name).box}">${drawn.get(name).body.trim()}</symbol>`);
  return { count: symbols.length, svg: `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n` };
}

// ---- scripts ------------------------------------------------------------------------------------------------
const controllers = {
  name: "controllers",
  setup(builder) {
    builder.onResolve({ filter: /^ponte:controllers$/ }, () => ({ path: "controllers", namespace: "ponte" }));
    builder.onLoad({ filter: /.*/, namespace: "ponte" }, () => {
      const found = files("static/js/controllers", [".js"]).filter((file) => file.endsWith("_controller.js"));
      // live/room_controller.js is data-controller="live--room", as in Stimulus's own loaders.
      const name = (file) => relative(join(root, "static/js/controllers"), file)
        .replace(/_controller\.js$/, "").replaceAll("/", "--").replaceAll("_", "-");
      return {
        contents: found.map((file, i) => `import c${i} from ${JSON.stringify(file)};`).join("\n") +
          `\nexport default [${found.map((file, i) => `[${JSON.stringify(name(file))}, c${i}]`).join(", ")}];\n`,
        resolveDir: root,
      };
    });
  },
};

// ---- all of it ----------------------------------------------------------------------------------------------
rmSync(draft, { recursive: true, force: true });
mkdirSync(draft, { recursive: true });
try {
  const common = {
    bundle: true, minify: true, logLevel: "warning", legalComments: "none", absWorkingDir: root,
    target: ["es2022", "chrome109", "firefox115", "safari16"],
    assetNames: "fonts/[name]", loader: { ".woff2": "file", ".svg": "dataurl", ".png": "dataurl" }, external: ["/static/*"],
  };
  const sheet = {
    name: "sheet",
    setup(builder) {
      builder.onResolve({ filter: /^ponte:italia$/ }, () => ({ path: "italia", namespace: "sheet" }));
      builder.onLoad({ filter: /.*/, namespace: "sheet" }, async () => ({ contents: await purgedItalia(), loader: "css", resolveDir: root }));
    },
  };
  await build({
    ...common, outfile: join(draft, "ponte.css"), plugins: [sheet],
    stdin: {
      contents: ['@import "ponte:italia" layer(italia);', ...own.map((file) => `@import ${JSON.stringify(file)};`)].join("\n"),
      loader: "css", resolveDir: root,
    },
  });
  const admin = styles.filter(isAdmin);
  if (admin.length) await build({ ...common, entryPoints: admin, outdir: draft, outbase: join(root, "static/css") });
  const scripts = readdirSync(join(root, "static/js")).filter((name) => name.endsWith(".js")).map((name) => join(root, "static/js", name));
  await build({ ...common, entryPoints: scripts, outdir: draft, format: "iife", plugins: [controllers] });
  const modules = readdirSync(join(root, "static/js")).filter((name) => name.endsWith(".mjs")).map((name) => join(root, "static/js", name));
  await build({ ...common, entryPoints: modules, outdir: draft, format: "esm" });
  writeContexts(root);
  const icons = sprite();
  writeFileSync(join(draft, "sprite.svg"), icons.svg);
  if (existsSync(join(root, "static/img"))) cpSync(join(root, "static/img"), join(draft, "img"), { recursive: true });

  rmSync(out, { recursive: true, force: true });
  renameSync(draft, out);
  const size = (name) => `${name} ${(statSync(join(out, name)).size / 1024).toFixed(0)} kB`;
  console.log(`assets: ${["ponte.css", "main.js", "sprite.svg"].map(size).join(", ")}, ${icons.count} icons`);
} finally {
  rmSync(draft, { recursive: true, force: true });
}
