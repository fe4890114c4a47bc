// Tests the extension with a stand-in for VS Code.
'use strict';

const assert = require('assert');
const fs = require('fs');
const Module = require('module');
const os = require('os');
const path = require('path');
const { test } = require('node:test');

// activated returns what the extension registers and shows in an editor with a folder.
function activated(folder, setting, isTrusted) {
  const got = { errors: [] };
  const log = { error() {}, info() {}, warn() {}, show() {} };
  const vscode = {
    window: {
      createOutputChannel: () => log,
      registerCustomEditorProvider: (type, provider) => { got.summary = provider; },
      registerUriHandler: (handler) => { got.links = handler; },
      showErrorMessage: async (text) => { got.errors.push(text); },
    },
    commands: { registerCommand() {} },
    debug: {
      registerDebugConfigurationProvider() {},
      registerDebugAdapterDescriptorFactory: (type, factory) => { got.adapters = factory; },
      registerDebugAdapterTrackerFactory() {},
    },
    languages: { registerInlineValuesProvider() {} },
    workspace: {
      isTrusted,
      workspaceFolders: [{ uri: { fsPath: folder } }],
      getConfiguration: () => ({ get: () => setting }),
      getWorkspaceFolder: () => undefined,
    },
    DebugAdapterExecutable: class {
      constructor(file, args, options) { Object.assign(this, { file, args, options }); }
    },
  };
  const load = Module._load;
  Module._load = (name, ...rest) => (name === 'vscode' ? vscode : load(name, ...rest));
  try {
    for (const file of Object.keys(require.cache)) delete require.cache[file];
    require('./extension').activate({ subscriptions: [], globalStorageUri: { fsPath: folder } });
  } finally {
    Module._load = load;
  }
  return got;
}

test('a message makes no link of what others wrote', async () => {
  const got = activated(os.tmpdir(), '', true);
  for (const uri of [
    { path: '/open', query: 'path=[Update](command:workbench.action.quit)' },
    { path: '/[Update](command:workbench.action.quit)', query: '' },
    { path: '/open', query: 'artifact=[Update](https://host.example/)\u202e' },
  ]) {
    await got.links.handleUri(uri);
    const text = got.errors.pop();
    assert.match(text, /\[Update\]/);
    assert(!/\]\(|\u202e/.test(text), text);
  }
});

test('a folder that is not trusted runs nothing', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'coredumpy-test-'));
  try {
    const mark = path.join(folder, 'ran');
    fs.writeFileSync(path.join(folder, 'tool.js'), `require('fs').writeFileSync(${JSON.stringify(mark)}, '')`);
    const setting = [process.execPath, './tool.js'];
    for (const isTrusted of [false, true]) {
      const got = activated(folder, setting, isTrusted);
      const panel = { webview: { onDidReceiveMessage() {} }, onDidDispose() {} };
      const uri = { scheme: 'file', fsPath: path.join(folder, 'x.dump') };
      await got.summary.resolveCustomEditor({ uri }, panel);
      assert.strictEqual(fs.existsSync(mark), isTrusted);
      const session = { workspaceFolder: { uri: { fsPath: folder } }, configuration: {} };
      const { cwd } = got.adapters.createDebugAdapterDescriptor(session).options;
      assert.strictEqual(cwd, isTrusted ? folder : os.homedir());
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
