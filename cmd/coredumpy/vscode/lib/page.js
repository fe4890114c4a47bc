// Opens a dump as the page that "coredumpy html" writes.
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');
const vscode = require('vscode');

const maxPage = 200 << 20; // bytes

// Page shows pages in a panel beside the editor: a browser may run on another machine than the
// dump. The page has a policy of its own that lets it reach nothing.
class Page {
  constructor(host) {
    this.host = host;
  }

  async show(uri) {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'coredumpy-'));
    try {
      const file = path.join(directory, 'page.html');
      const { stderr, status } = await this.host.run(['html', '-o', file, '--', uri.fsPath], uri);
      if (status !== 0) throw new Error(stderr.trim() || 'coredumpy html failed');
      if (fs.statSync(file).size > maxPage) {
        throw new Error(`the page has more than ${maxPage >> 20} MiB: run coredumpy html, and open it in a browser`);
      }
      const title = path.basename(uri.fsPath);
      const panel = vscode.window.createWebviewPanel('coredumpy.page', title, vscode.ViewColumn.Active,
        { enableScripts: true, localResourceRoots: [], enableFindWidget: true });
      panel.webview.html = fs.readFileSync(file, 'utf8');
    } finally {
      fs.rmSync(directory, { recursive: true, force: true });
    }
  }
}

module.exports = { Page };
