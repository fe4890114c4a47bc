// Shows the summary page of a dump where VS Code would show binary noise.
'use strict';

const crypto = require('crypto');
const vscode = require('vscode');
const html = require('./html');
const { NotFound, howToInstall } = require('./command');

const viewType = 'coredumpy.summary';

// Summary is a provider of read-only editors. host runs the command and opens dumps.
class Summary {
  constructor(host) {
    this.host = host;
  }

  openCustomDocument(uri) {
    return { uri, dispose() {} };
  }

  async resolveCustomEditor(document, panel) {
    panel.webview.options = { enableScripts: true, localResourceRoots: [] };
    const view = new View(this.host, document.uri, panel);
    panel.onDidDispose(() => { view.closed = true; });
    panel.webview.onDidReceiveMessage((message) => view.act(message && message.action));
    await view.show();
  }
}

// View is one summary page.
class View {
  constructor(host, uri, panel) {
    this.host = host;
    this.uri = uri;
    this.panel = panel;
    this.closed = false;
    this.content = { file: uri.fsPath };
  }

  // show reads the dump and shows it: its head first, which is fast, then the rest.
  async show() {
    this.content = { file: this.uri.fsPath };
    this.draw([]);
    try {
      if (this.uri.scheme !== 'file') throw new Error('Only a file on disk can be opened: save it first.');
      const head = await this.peek('-json');
      const parsed = JSON.parse(head.split('\n')[0]);
      if (!parsed || typeof parsed !== 'object') throw new Error('coredumpy peek -json printed no object.');
      this.content.head = parsed;
      this.content.waiting = 'Reading the stack...';
      this.draw(opened);
      const page = await this.peek('-markdown');
      this.content.sections = html.sections(page);
      this.content.waiting = '';
      this.draw(opened);
    } catch (error) {
      this.host.log.error(String(error));
      const missing = error instanceof NotFound;
      this.content.waiting = '';
      this.content.problem = missing ? `${error.message}\n\n${howToInstall}` : error.message;
      this.draw(missing ? uninstalled : this.content.head ? opened : unread);
    }
  }

  // peek returns what the command says about the dump. What it says besides is a problem.
  async peek(flag) {
    const { stdout, stderr, status } = await this.host.run(['peek', flag, '--', this.uri.fsPath], this.uri);
    if (stdout === '' || status !== 0) throw new Error(stderr.trim() || `coredumpy peek ${flag} printed nothing.`);
    if (stderr.trim() !== '') this.content.problem = stderr.trim();
    return stdout;
  }

  draw(buttons) {
    const nonce = crypto.randomBytes(16).toString('hex');
    if (!this.closed) this.panel.webview.html = html.page(this.content, buttons, nonce);
  }

  // act does what a button is for.
  async act(action) {
    switch (action) {
      case 'load': return this.host.load(this.uri);
      case 'page': return this.host.page(this.uri);
      case 'again': return this.show();
      case 'choose': return (await this.host.choose()) && this.show();
      case 'text': return vscode.commands.executeCommand('vscode.openWith', this.uri, 'default');
    }
  }
}

const opened = [['load', 'Open in the debugger'], ['page', 'Open as a page']];
const unread = [['again', 'Try again'], ['text', 'Open as text']];
const uninstalled = [['again', 'Try again'], ['choose', 'Choose the command...'], ['text', 'Open as text']];

module.exports = { Summary, viewType };
