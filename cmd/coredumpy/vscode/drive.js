// Drives the extension in a VS Code that runs at an address, see drive.sh: each step does what a
// user does, takes a picture, and expects a text in the page.
'use strict';

const assert = require('assert');
const fs = require('fs');
const path = require('path');
const { chromium } = require('playwright-core');

const [address, shots, settings, only] = process.argv.slice(2);
const patience = 60_000; // milliseconds: the machine may be busy

const rows = {
  files: '.explorer-folders-view .monaco-list-row',
  stack: '.debug-call-stack .monaco-list-row',
  variables: '.debug-variables .monaco-list-row',
  console: '.repl .monaco-list-row',
};

let page;

// has waits until a text is in an element of a selector, and returns the element.
async function has(selector, text) {
  const found = page.locator(selector, { hasText: text }).first();
  await found.waitFor({ state: 'visible', timeout: patience });
  return found;
}

async function shot(name) {
  await page.waitForTimeout(700); // for what is still moving; nothing else depends on it
  await page.screenshot({ path: path.join(shots, `${name}.png`) });
}

// command runs a command by the palette, which closes if something else takes the focus.
async function command(title) {
  const palette = page.locator('.quick-input-widget');
  for (let i = 0; ; i++) {
    try {
      await page.keyboard.press('F1');
      await palette.locator('input').fill(`>${title}`, { timeout: 5000 });
      const row = page.locator('.quick-input-list .monaco-list-row.focused', { hasText: title });
      await row.waitFor({ state: 'visible', timeout: 5000 });
      await page.keyboard.press('Enter');
      await palette.waitFor({ state: 'hidden', timeout: 5000 });
      return;
    } catch (error) {
      if (i === 5) throw error;
      // The key must reach the palette: elsewhere it would close the widget of an exception.
      if (await palette.isVisible()) await page.keyboard.press('Escape');
    }
  }
}

// menu opens the context menu of a file, and returns the item of a title: the explorer is there
// before what extensions add to its menu.
async function menu(file, title) {
  const row = page.locator(rows.files, { hasText: file });
  const item = page.locator('.monaco-menu .action-item', { hasText: title });
  for (let i = 0; i < 60; i++) {
    await row.click({ button: 'right' });
    try {
      await item.waitFor({ state: 'visible', timeout: 1000 });
      return item;
    } catch {
      await page.keyboard.press('Escape');
    }
  }
  throw new Error(`the context menu of ${file} has no ${title}`);
}

// stop ends the debug session.
async function stop() {
  await page.keyboard.press('Shift+F5');
  await page.locator('.debug-toolbar').waitFor({ state: 'hidden', timeout: patience });
  await command('View: Close All Editors');
  await command('View: Show Explorer');
}

// choose clicks on an item of a menu, which takes no click for a moment after it has opened.
async function choose(item) {
  for (let i = 0; i < 10 && (await item.isVisible()); i++) {
    await item.click({ delay: 100 }).catch(() => {});
    await item.waitFor({ state: 'hidden', timeout: 2000 }).catch(() => {});
  }
}

// debugged opens a dump in the debugger by its context menu.
async function debugged(file) {
  await choose(await menu(file, 'Load with coredumpy'));
  await started();
}

// started waits for a debug session and shows its view.
async function started() {
  await page.locator('.debug-toolbar').waitFor({ state: 'visible', timeout: patience });
  for (let i = 0; ; i++) {
    await command('View: Show Run and Debug'); // nothing happens if the palette has just closed by itself
    try {
      await page.locator(rows.stack).first().waitFor({ state: 'visible', timeout: 10_000 });
      return;
    } catch (error) {
      if (i === 5) throw error;
    }
  }
}

// variable returns the row of a variable.
async function variable(name) {
  const label = page.locator('.name', { hasText: new RegExp(`^${name}( =)?\\s*$`) });
  const row = page.locator(rows.variables).filter({ has: label }).first();
  await row.waitFor({ state: 'visible', timeout: patience });
  return row;
}

// expanded expands a variable, and returns the row of a part.
async function expanded(name, part) {
  await (await variable(name)).locator('.monaco-tl-twistie').click();
  return variable(part);
}

// webview returns the frame of a page that has a text.
async function webview(text) {
  for (const end = Date.now() + patience; Date.now() < end; await page.waitForTimeout(200)) {
    for (const frame of page.frames()) {
      const found = await frame.locator('body', { hasText: text }).count().catch(() => 0);
      if (found > 0 && frame.parentFrame() && (await frame.locator('h1').count()) > 0) return frame;
    }
  }
  throw new Error(`no page has the text ${text}`);
}

async function type(line) {
  await page.locator('.repl .repl-input-wrapper .monaco-editor').first().click();
  await page.keyboard.type(line);
  await page.keyboard.press('Escape'); // a suggestion would take the next key
  await page.keyboard.press('Enter');
}

const steps = {
  async summary() {
    await (await has(rows.files, 'demo.dump')).dblclick();
    const frame = await webview('Arguments and locals');
    await shot('summary');
    const text = await frame.locator('body').innerText();
    for (const want of ['assignment to entry in nil map', 'main.(*Account).add', 'Stack', 'Source', 'goroutines']) {
      assert(text.includes(want), `the summary page has no ${want}: ${text}`);
    }
    assert(!text.includes('hunter2'), 'the summary page shows a secret');
    await frame.getByText('Open in the debugger').click();
    await started();
    await has(rows.stack, 'main.(*Account).add');
    await stop();
  },

  async noise() {
    await (await has(rows.files, 'other.dump')).dblclick();
    const frame = await webview('Problem');
    await shot('noise');
    assert((await frame.locator('body').innerText()).includes('Open as text'));
    await command('View: Close All Editors');
  },

  async menu() {
    const item = await menu('demo.dump', 'Load with coredumpy');
    await shot('menu');
    await choose(item);
    await started();
    await has(rows.stack, 'goroutine');
    await has('.monaco-editor .view-line', 'a.PerDay[day] = before + cents');
    await has('.exception-widget', 'assignment to entry in nil map');
    await shot('stack');
    await has(rows.variables, 'cents');
  },

  async inline() {
    await has('.monaco-editor .view-line', 'before = 0');
    await has('.monaco-editor .view-line', 'day = "');
    await shot('inline');
  },

  async expand() {
    await expanded('a', 'PerDay');
    const password = await expanded('Customer', 'Password');
    assert.match(await password.innerText(), /redacted/);
    await shot('expand');
  },

  async frame() {
    await (await has(rows.stack, 'main.(*Ledger).Book')).click();
    await has('.monaco-editor .view-line', 'account.add(time.Now(), cents)');
    await has('.monaco-editor .view-line', 'ok = false');
    await shot('frame');
  },

  async hover() {
    const word = page.locator('.monaco-editor .view-line span span', { hasText: /^account$|account,/ }).first();
    await word.hover();
    await has('.debug-hover-widget', 'main.Account');
    await shot('hover');
    await page.keyboard.press('Escape');
  },

  async console() {
    await has(rows.console, 'Type Go expressions here');
    await type('c.Email');
    await has(rows.console, '@');
    await type('goroutines');
    await has(rows.console, 'goroutine [');
    await shot('console');
  },

  async refused() {
    await page.locator('.debug-toolbar .codicon-debug-step-over').click();
    await has('.notification-toast, .notifications-toasts, .monaco-dialog-box', "this is a dump: it can't be stepped");
    await shot('refused');
    await command('Notifications: Clear All Notifications');
    await stop();
  },

  async elsewhere() {
    await debugged('elsewhere.dump');
    await has(rows.stack, '(*Cart).price');
    await has('.monaco-editor .view-line', 'return items[idx].Price');
    await has('.monaco-editor .view-line', 'idx = 3');
    await shot('elsewhere');
    await stop();
  },

  async page() {
    await (await has(rows.files, 'demo.dump')).click();
    await command('coredumpy: Open as a Page');
    await page.locator('.tab', { hasText: 'demo.dump' }).nth(1).waitFor({ timeout: patience });
    const frame = await webview('Goroutines');
    await shot('page');
    const text = await frame.locator('body').innerText();
    assert(text.includes('assignment to entry in nil map'), `the page has no reason: ${text}`);
    await command('View: Close All Editors');
  },

  // A link asks before it opens anything, and what isn't a link to a dump is refused.
  async link() {
    await command('coredumpy: Open a Link or an Artifact');
    const input = page.locator('.quick-input-widget input');
    await input.fill('vscode://coredumpy.coredumpy-go/open?path=//host/x.dump');
    await page.keyboard.press('Enter');
    await has('.notification-toast, .notifications-toasts', 'no absolute path on this machine');
    await command('Notifications: Clear All Notifications');
    await command('coredumpy: Open a Link or an Artifact');
    const dump = path.join(new URL(address).searchParams.get('folder'), 'elsewhere.dump');
    await input.fill(`vscode://coredumpy.coredumpy-go/open?path=${encodeURIComponent(dump)}`);
    await page.keyboard.press('Enter');
    await has('.monaco-dialog-box', 'A link asks to open a dump');
    await shot('link');
    await page.locator('.monaco-dialog-box .monaco-button', { hasText: 'Open' }).first().click();
    await started();
    await has(rows.stack, '(*Cart).price');
    await stop();
  },

  async many() {
    const start = Date.now();
    await debugged('many.dump');
    await has(rows.stack, '9999 more with this stack');
    console.log(`10,000 goroutines are listed ${Date.now() - start} ms after the click`);
    await has(rows.stack, 'main.main');
    await shot('many');
    await stop();
  },

  // picture is for README, see .ci/pictures.
  async picture() {
    await page.setViewportSize({ width: 1200, height: 720 });
    await debugged('shop.dump');
    await has(rows.stack, 'main.(*Account).add');
    await page.mouse.move(800, 600);
    await page.locator('.exception-widget .codicon').first().click({ timeout: 5000 }).catch(() => {}); // in the way
    await has('.monaco-editor .view-line', 'before = 0');
    await expanded('a', 'PerDay');
    await type('a.Customer');
    await has(rows.console, 'ann@example.com');
    await page.mouse.move(800, 600);
    await shot('picture');
  },

  async missing() {
    fs.mkdirSync(path.dirname(settings), { recursive: true });
    fs.writeFileSync(settings, '{ "coredumpy.command": "/nowhere/coredumpy" }');
    await page.waitForTimeout(3000); // until the editor has read it
    await choose(await menu('demo.dump', 'Load with coredumpy'));
    await has('.notification-toast, .notifications-toasts', 'there is no such executable');
    await shot('missing');
    await command('Notifications: Clear All Notifications');
    await command('coredumpy: Show the Log');
    await has('.output-view, .panel', 'there is no such executable');
    await shot('log');
  },
};

async function main() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
  });
  let failed = '';
  try {
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on('console', (m) => process.env.DEBUG && console.log(`page: ${m.text()}`));
    await page.goto(address);
    const wanted = only ? only.split(',') : Object.keys(steps).filter((name) => name !== 'picture');
    const file = wanted[0] === 'picture' ? 'shop.dump' : 'demo.dump';
    await has(rows.files, file);
    await menu(file, 'Load with coredumpy'); // the extension is there
    await page.keyboard.press('Escape');
    for (const [name, step] of Object.entries(steps)) {
      if (!wanted.includes(name)) continue;
      failed = name;
      await step();
      console.log(`ok ${name}`);
    }
    failed = '';
  } finally {
    if (failed) {
      console.log(`not ok ${failed}`);
      await shot(`failed-${failed}`).catch(() => {});
    }
    await browser.close();
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
