// Opens dumps of crashed Go programs in VS Code. The work is done by the command coredumpy:
// "coredumpy dap" serves the debugger, "coredumpy peek" says what a dump is about.
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');
const vscode = require('vscode');
const artifacts = require('./lib/artifact');
const command = require('./lib/command');
const debug = require('./lib/debug');
const { InlineValues } = require('./lib/inline');
const link = require('./lib/link');
const { Page } = require('./lib/page');
const { Summary, viewType } = require('./lib/summary');
const { message } = require('./lib/text');

function activate(context) {
  const host = new Host(context);
  const add = (...disposables) => context.subscriptions.push(...disposables);
  add(host.log);
  for (const [name, run] of [
    ['load', (uri) => host.load(uri)],
    ['page', (uri) => host.page(uri)],
    ['link', () => host.askLink()],
    ['log', () => host.log.show()],
  ]) {
    add(vscode.commands.registerCommand(`coredumpy.${name}`, (uri) => host.guard(() => run(uri))));
  }
  add(vscode.debug.registerDebugConfigurationProvider(debug.type, new debug.Configurations(host)));
  add(vscode.debug.registerDebugAdapterDescriptorFactory(debug.type, new debug.Adapters(host)));
  add(vscode.debug.registerDebugAdapterTrackerFactory(debug.type, new debug.Logs(host)));
  add(vscode.languages.registerInlineValuesProvider({ language: 'go' }, new InlineValues(host)));
  add(vscode.window.registerCustomEditorProvider(viewType, new Summary(host)));
  const handleUri = (uri) => host.guard(() => host.openLink(link.ofUri(uri)));
  add(vscode.window.registerUriHandler({ handleUri }));
}

// Host is what the parts of the extension share: the log, the command, and opening dumps.
class Host {
  constructor(context) {
    this.log = vscode.window.createOutputChannel('coredumpy', { log: true });
    this.storage = path.join(context.globalStorageUri.fsPath, 'artifacts');
    this.pages = new Page(this);
  }

  // guard shows an error of what the user asked for, and logs it.
  async guard(act) {
    try {
      return await act();
    } catch (error) {
      this.fail(error instanceof command.NotFound ? error : error.message || String(error));
      return undefined;
    }
  }

  // fail shows a message with what one can do about it. It doesn't wait for an answer.
  fail(problem) {
    const missing = problem instanceof command.NotFound;
    const text = missing ? `${problem.message} ${command.howToInstall}` : `coredumpy: ${problem}`;
    this.log.error(text);
    const choices = missing ? ['Choose the command...', 'Open the settings', 'Show the log'] : ['Show the log'];
    vscode.window.showErrorMessage(message(text), ...choices).then((chosen) => {
      if (chosen === 'Show the log') this.log.show();
      if (chosen === 'Choose the command...') this.choose();
      if (chosen === 'Open the settings') {
        vscode.commands.executeCommand('workbench.action.openSettings', 'coredumpy.command');
      }
    });
  }

  // find returns the words of the command for a folder of the workspace. It throws NotFound.
  find(folder) {
    folder = folder || (vscode.workspace.workspaceFolders || [])[0];
    const setting = vscode.workspace.getConfiguration('coredumpy', folder && folder.uri).get('command');
    return command.find(setting, this.directory(folder));
  }

  // directory returns where the command runs: in a folder of the workspace, unless that isn't
  // trusted. There "go run ./cmd/coredumpy" would run what the folder holds.
  directory(folder) {
    return folder && vscode.workspace.isTrusted ? folder.uri.fsPath : os.homedir();
  }

  // words is find that shows the error, and then returns undefined.
  words(folder) {
    try {
      return this.find(folder);
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }

  // run runs the command on a file, in the folder of the workspace that holds it.
  async run(args, uri, most) {
    const folder = vscode.workspace.getWorkspaceFolder(uri) || (vscode.workspace.workspaceFolders || [])[0];
    const words = this.find(folder);
    this.log.info([...words, ...args].join(' '));
    const result = await command.run(words, args, this.directory(folder), most);
    if (result.stderr) this.log.warn(result.stderr.trim());
    if (result.status !== 0) this.log.warn(`exit status ${result.status}`);
    return result;
  }

  // choose has the user choose the command, and reports whether it was.
  async choose() {
    const options = { title: 'The command coredumpy', openLabel: 'Use this command' };
    const [uri] = (await vscode.window.showOpenDialog(options)) || [];
    if (!uri) return false;
    const settings = vscode.workspace.getConfiguration('coredumpy');
    await settings.update('command', uri.fsPath, vscode.ConfigurationTarget.Global);
    return true;
  }

  // chooseDump returns the dump in the active tab, or one that the user chooses.
  async chooseDump() {
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    const uri = tab && tab.input && tab.input.uri;
    if (uri && uri.path.endsWith('.dump')) return uri;
    const options = { title: 'Load with coredumpy', openLabel: 'Load', filters: { Dumps: ['dump'] } };
    return ((await vscode.window.showOpenDialog(options)) || [])[0];
  }

  // load opens a dump in the debugger.
  async load(uri) {
    uri = uri || (await this.chooseDump());
    if (!uri) return;
    if (uri.scheme !== 'file') throw new Error('only a file on disk can be opened: save it first');
    await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(uri), debug.configuration(uri));
  }

  // page opens a dump as a page.
  async page(uri) {
    uri = uri || (await this.chooseDump());
    if (uri) await this.pages.show(uri);
  }

  async askLink() {
    const prompt = 'A vscode:// link to a dump, or the address of an artifact on github.com';
    const text = await vscode.window.showInputBox({ prompt, ignoreFocusOut: true });
    if (text) await this.openLink(link.parse(text));
  }

  // openLink opens what a link is about, if the user agrees: anyone can make a link.
  async openLink(target) {
    if (target.path) {
      const ask = { modal: true, detail: `${target.path}\n\nOpen it only if you expect this.` };
      if ((await vscode.window.showWarningMessage('A link asks to open a dump.', ask, 'Open')) !== 'Open') return;
      if (!fs.existsSync(target.path)) throw new Error(`there is no file ${JSON.stringify(target.path)} here`);
      await this.load(vscode.Uri.file(target.path));
      return;
    }
    const from = `artifact ${target.artifact} of ${target.owner}/${target.repository}`;
    const detail = `${from}\n\nIt is downloaded with your GitHub account, and its dumps are kept for a week. ` +
      'Open it only if you expect this.';
    const ask = { modal: true, detail };
    const chosen = await vscode.window.showWarningMessage('A link asks to open a dump from GitHub.', ask, 'Open');
    if (chosen !== 'Open') return;
    const uri = await this.download(target, from);
    if (uri) await this.load(uri);
  }

  // download fetches an artifact, and returns the dump in it that the link or the user chooses.
  async download(target, title) {
    const session = await vscode.authentication.getSession('github', ['repo'], { createIfNone: true });
    const location = vscode.ProgressLocation.Notification;
    const options = { location, title: `Downloading ${title}`, cancellable: true };
    const files = await vscode.window.withProgress(options, async (progress, token) => {
      const aborter = new AbortController();
      token.onCancellationRequested(() => aborter.abort());
      this.log.info(`downloading ${title}`);
      artifacts.clean(this.storage);
      const archive = await artifacts.fetchArtifact(target, session.accessToken, aborter.signal);
      return artifacts.unpack(archive, this.storage, target);
    });
    const named = files.filter((file) => target.file && path.basename(file) === path.basename(target.file));
    if (named.length === 1 || files.length === 1) return vscode.Uri.file(named[0] || files[0]);
    const items = files.map((file) => ({ label: path.basename(file), description: path.dirname(file), file }));
    const item = await vscode.window.showQuickPick(items, { title: 'Which dump?' });
    return item && vscode.Uri.file(item.file);
  }
}

module.exports = { activate };
