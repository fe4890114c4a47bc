// A browser for drive.mjs: pages of files, what they print, and axe-core.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

let directory, browser, axe;
export const problems = [];
let checks = 0;

export async function launch(dir) {
  directory = dir;
  axe = readFileSync(join(dir, "node_modules/axe-core/axe.min.js"), "utf8");
  browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-dev-shm-usage",
    ],
  });
}

export const finish = async () => {
  await browser.close();
  for (const problem of problems) console.log(`FAIL ${problem}`);
  console.log(`${checks - problems.length} passed, ${problems.length} failed`);
  process.exit(problems.length ? 1 : 0);
};

// check notes a check that fails.
export function check(what, got, want) {
  checks++;
  const ok =
    want instanceof RegExp ? want.test(String(got)) : typeof want === "function" ? want(got) : got === want;
  if (!ok) problems.push(`${what}: got ${JSON.stringify(got)}, want ${want}`);
}

// open opens the page of a dump. Whatever it prints, but for what is expected, or asks for is a
// problem.
export async function open(name, { hash = "", width = 1440, height = 900, scheme = "light", expected } = {}) {
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme: scheme,
    reducedMotion: "reduce",
  });
  const problem = (text) => problems.push(`${name}: ${text}`);
  page.on("console", (m) => expected?.test(m.text()) || problem(`the console has ${m.text()}`));
  page.on("pageerror", (e) => problem(`an error: ${e.message}`));
  page.on("dialog", (d) => problem(`a dialog: ${d.message()}`) && d.dismiss());
  page.on("request", (r) => /^(file|data):/.test(r.url()) || problem(`a request of ${r.url()}`));
  await page.goto(`file://${join(directory, `${name}.html`)}${hash}`, { waitUntil: "commit" });
  await page.waitForSelector("html[data-ready]", { timeout: 60000 });
  return page;
}

export const shot = (page, name, options = {}) =>
  page.screenshot({ path: join(directory, `${name}.png`), ...options });

// accessible has axe-core look at a page, in a world of its own: the page's policy allows no other
// script.
export async function accessible(page, what) {
  const cdp = await page.context().newCDPSession(page);
  const { frameTree } = await cdp.send("Page.getFrameTree");
  const { executionContextId: contextId } = await cdp.send("Page.createIsolatedWorld", {
    frameId: frameTree.frame.id,
  });
  await cdp.send("Runtime.evaluate", { expression: `${axe};0`, contextId });
  const { result } = await cdp.send("Runtime.evaluate", {
    contextId,
    awaitPromise: true,
    returnByValue: true,
    expression:
      "axe.run().then((r) => JSON.stringify({ passed: r.passes.length, found: r.violations.map((v) => " +
      "`${v.impact} ${v.id}: ${v.nodes.length} such as ${v.nodes[0].html.slice(0, 200)}`) }))",
  });
  const { passed, found } = JSON.parse(result.value);
  console.log(`axe: ${what}: ${passed} rules passed, ${found.length} violated`);
  check(`axe rules that passed, ${what}`, passed, (n) => n > 15);
  check(`axe, ${what}`, found.join("\n"), "");
}
