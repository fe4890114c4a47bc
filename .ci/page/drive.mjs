// Drives pages in a browser, see drive.sh.
import { accessible, check, finish, launch, open, shot } from "./browser.mjs";

const pause = (page) => page.waitForTimeout(150); // values are read in a moment; what follows waits for them
const text = (page, selector) => page.locator(selector).first().innerText();
const press = async (page, ...keys) => {
  for (const key of keys) {
    await page.keyboard.press(key);
    await pause(page);
  }
};
const focused = (page) => page.evaluate(() => document.activeElement.innerText);

async function looks() {
  for (const scheme of ["light", "dark"]) {
    const page = await open("shop", { scheme });
    check(
      "the reason",
      await text(page, "#reason"),
      "panic: runtime error: index out of range [3] with length 2",
    );
    check(
      "the title",
      await page.title(),
      "panic: runtime error: index out of range [3] with length 2 - coredumpy",
    );
    check("the current line", await text(page, "#source .current .lineno"), "12");
    check(
      "a value beside its line",
      await page.locator("#source .row", { hasText: 'x := "inner"' }).innerText(),
      /x = "inner"/,
    );
    check("a doubt", await page.locator("#variables .note").allInnerTexts(), (all) => all.length > 0);
    check(
      "the background",
      await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
      scheme === "dark" ? "rgb(13, 16, 21)" : "rgb(243, 244, 247)",
    );
    await accessible(page, `stack, ${scheme}`);
    await shot(page, `stack-${scheme}`);
    await press(page, "t");
    check(
      "the other theme",
      await page.evaluate(() => document.documentElement.dataset.theme),
      scheme === "dark" ? "light" : "dark",
    );
    await page.close();
  }
  for (const [width, height] of [
    [420, 900],
    [800, 900],
  ]) {
    const narrow = await open("shop", { width, height });
    check(
      "nothing sticks out",
      await narrow.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
      true,
    );
    await accessible(narrow, `${width} pixels wide`);
    await shot(narrow, `narrow-${width}`, { fullPage: true });
    await narrow.close();
  }
}

// keyboard uses no mouse.
async function keyboard() {
  const page = await open("jam");
  await press(page, "/");
  await page.keyboard.type("transfer lock");
  check("goroutines found", await text(page, "#goroutines-count"), /^3\b/);
  await press(page, "Enter", "ArrowDown", "Enter");
  check("the goroutine", await text(page, "#stack-title"), /^Goroutine \d+$/);
  check("its frame", await text(page, "#stack .row[aria-selected=true] .title"), "main.transfer");
  check("its source", await text(page, "#source .current .text"), /to\.mu\.Lock\(\)/);
  await press(page, "d");
  check("a frame down", await text(page, "#values-about"), (s) => s !== "of main.transfer");
  await press(page, "u");
  await press(page, "v", "Home", "ArrowDown");
  check("the focus is on a variable", await focused(page), /^from = \*main\.Account/);
  await press(page, "ArrowRight", "ArrowDown", "ArrowDown");
  check("a field", await focused(page), /^Owner = "/);
  await press(page, "ArrowDown", "ArrowDown", "ArrowDown");
  check("a list", await focused(page), /^History = /);
  await press(page, "ArrowLeft", "o");
  check("a value by itself", await text(page, "#object h3"), "main.Account");
  check("where it was found", await text(page, "#object dl"), /found in\s+goroutine \d+, frame \d+/);
  check(
    "the command",
    await text(page, "#object .command code"),
    /^coredumpy load jam\.dump -c 'goroutine \d+ frame \d+ p \w+'$/,
  );
  await shot(page, "object");
  await page.goBack(); // without a window, Alt and the arrow reach only the page
  await pause(page);
  check("back", await page.locator("#object").isHidden(), true);
  await press(page, "?");
  check("the keys", await page.locator("#keys").isVisible(), true);
  await shot(page, "keys");
  await press(page, "Escape");
  check("no keys", await page.locator("#keys").isVisible(), false);
  await press(page, "3");
  check("the view about", await page.locator("#about-view").isVisible(), true);
  await press(page, "1");
  check("the stack again", await page.locator("#stack-view").isVisible(), true);
  let stops = new Set();
  for (let i = 0; i < 25; i++) {
    await page.keyboard.press("Tab");
    stops.add(
      await page.evaluate(
        () => document.activeElement.id || document.activeElement.getAttribute("role") || "",
      ),
    );
  }
  check("what Tab reaches", [...stops].join(" "), (s) =>
    ["search", "goroutines", "stack", "source", "treeitem", "theme"].every((x) => s.includes(x)),
  );
  await page.close();
}

async function values() {
  const page = await open("jam", { hash: "#g=1" });
  const item = (name) =>
    page.locator("#variables [role=treeitem]", { has: page.locator(`.name:text-is("${name}")`) }).first();
  await item("ann").locator(".name").click();
  await item("History").locator(".name").click();
  await page.locator("#variables .more").waitFor();
  check("a page of a list", await page.locator("#variables .name", { hasText: /^\[\d+\]$/ }).count(), 100);
  await page.locator("#variables .more").click();
  await pause(page);
  check("two pages", await page.locator("#variables .name", { hasText: /^\[\d+\]$/ }).count(), 200);
  await item("[0]").locator(".name").click();
  await item("From").waitFor();
  check("a circle", await item("From").innerText(), /the same as ann above/);
  await item("From").locator(".name").click();
  check("the jump to what is the same", await focused(page), /^ann = /);
  check("a time", await item("Opened").innerText(), /2026-03-01T12:00:00Z/);
  await item("b").locator(".name").click();
  await item("password").waitFor();
  check("a secret", await item("password").innerText(), /redacted/);
  check(
    "the secret isn't in the page",
    await page.evaluate(async () => {
      for (const e of document.querySelectorAll("script[data-kind]")) {
        if (
          JSON.stringify(await inflate(e.textContent)).includes("swordfish-9971") &&
          e.dataset.kind !== "source"
        )
          return e.dataset.kind;
      }
      return "";
    }),
    "",
  );
  await item("Package variables").locator(".name").click();
  await item("hostile").or(item("main")).first().waitFor();
  await shot(page, "values");
  await page.close();
}

async function waiting() {
  const page = await open("jam", { hash: "#waits" });
  check("the finding", await text(page, ".card"), /^possible deadlock: 3 goroutines wait for each other/);
  check("the circle", await page.locator(".card svg .box").count(), 3);
  check("a nil channel", await page.locator(".card", { hasText: "nil channel" }).count(), 1);
  await accessible(page, "waits");
  await shot(page, "waits", { fullPage: true });
  await page.locator(".card svg a").nth(1).click();
  await page.locator("#stack .row[aria-selected=true]").waitFor();
  check("a click in the drawing", await text(page, "#stack-title"), /^Goroutine \d+$/);
  await page.close();
  const dark = await open("jam", { hash: "#waits", scheme: "dark" });
  await accessible(dark, "waits, dark");
  await shot(dark, "waits-dark");
  await dark.close();
}

// hostile looks at texts that would do harm if they became more than text.
async function hostile() {
  for (const name of ["jam", "hostile"]) {
    for (const hash of ["", "#waits", "#about"]) {
      const page = await open(name, { hash, expected: /requires 'TrustedHTML' assignment/ });
      check(
        "no foreign element",
        await page.locator("img, iframe, object, embed, main script, header script").count(),
        0,
      );
      check("the title", await page.title(), (t) => t !== "owned");
      check(
        "markup is refused",
        await page.evaluate(() => {
          try {
            document.body.innerHTML = "<b>x</b>";
            return "";
          } catch (err) {
            return err.name;
          }
        }),
        "TypeError",
      );
      await page.close();
    }
  }
  const page = await open("hostile");
  await accessible(page, "hostile");
  await shot(page, "hostile");
  await page.close();
  const cut = await open("cut");
  check("damage is told", await text(cut, "#alert"), /^damaged: /);
  await shot(cut, "cut");
  await cut.close();
}

async function large() {
  for (const name of ["crowd", "million"]) {
    const begin = Date.now();
    const page = await open(name);
    const ready = Date.now() - begin;
    const paint = await page.evaluate(
      () => performance.getEntriesByName("first-contentful-paint")[0].startTime,
    );
    console.log(`${name}: first paint after ${Math.round(paint)} ms, stack and variables after ${ready} ms`);
    check(`${name}: first paint within a second`, paint, (ms) => ms < 1000);
    const wait = Date.now();
    await page.fill("#search", "serve 77");
    await page.waitForFunction(() =>
      document.getElementById("goroutines-count").textContent.startsWith("1 "),
    );
    console.log(`${name}: a search took ${Date.now() - wait} ms`);
    await page.fill("#search", "serve");
    check("rows in the document", await page.locator("#goroutines .row").count(), (n) => n > 3 && n < 80);
    await page.fill("#search", "");
    const item = (n) =>
      page.locator("#variables [role=treeitem]", { has: page.locator(`.name:text-is("${n}")`) }).first();
    await item("srv").locator(".name").click();
    await item("items").locator(".name").click();
    await item("[1000..1999]").locator(".name").click();
    await item("[1000]").locator(".name").click();
    await item("prev").waitFor();
    check("an element far in a list", await item("prev").innerText(), /^prev = \*main\.item/);
    await accessible(page, name);
    await shot(page, name);
    if (name === "million") {
      await page.evaluate(() => (location.hash = "about"));
      await page.locator("#left li").first().waitFor();
      check("what isn't in the page", await text(page, "#left"), /there is room for 250000 values or \d+ MB/);
      check("its count", await text(page, "#about-count"), /[1-9]/);
      await shot(page, "million-about");
    }
    await page.close();
  }
}

await launch(process.argv[2]);
for (const part of [looks, keyboard, values, waiting, hostile, large]) {
  try {
    await part();
  } catch (err) {
    check(part.name, String(err), "no error");
  }
}
await finish();
