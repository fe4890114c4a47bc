// Connects VS Code's debugger with "coredumpy dap".
'use strict';

const fs = require('fs');
const path = require('path');
const vscode = require('vscode');

const type = 'coredumpy';

// Configurations completes debug configurations before they are used.
class Configurations {
  constructor(host) {
    this.host = host;
  }

  provideDebugConfigurations() {
    return [{ type, request: 'launch', name: 'dump', dump: '${workspaceFolder}/coredumpy_main.dump' }];
  }

  // resolveDebugConfiguration asks which dump to open if there is no configuration.
  async resolveDebugConfiguration(folder, config) {
    if (!config.dump) {
      const uri = await this.host.chooseDump();
      if (!uri) return undefined;
      config = configuration(uri, config);
    }
    return { internalConsoleOptions: 'openOnSessionStart', ...config };
  }

  // resolveDebugConfigurationWithSubstitutedVariables makes the path absolute. What can't work
  // is said here: the debugger's own messages don't say what to do.
  async resolveDebugConfigurationWithSubstitutedVariables(folder, config) {
    let dump = String(config.dump);
    if (!path.isAbsolute(dump) && folder) dump = path.join(folder.uri.fsPath, dump);
    if (!fs.existsSync(dump)) {
      this.host.fail(`There is no file ${JSON.stringify(dump)}: correct "dump" in launch.json.`);
      return undefined;
    }
    return this.host.words(folder) ? { ...config, dump } : undefined;
  }
}

// configuration returns the debug configuration that opens a dump.
function configuration(uri, rest = {}) {
  return { ...rest, type, request: 'launch', name: path.basename(uri.fsPath), dump: uri.fsPath };
}

// Adapters starts a server for each session.
class Adapters {
  constructor(host) {
    this.host = host;
  }

  createDebugAdapterDescriptor(session) {
    const folder = session.workspaceFolder;
    const words = this.host.words(folder);
    if (!words) return undefined;
    this.host.log.info(`${words.join(' ')} dap: ${session.configuration.dump}`);
    const options = { cwd: this.host.directory(folder) };
    return new vscode.DebugAdapterExecutable(words[0], [...words.slice(1), 'dap'], options);
  }
}

// Logs writes what happens between VS Code and the server to the log: messages at its level
// trace only, as they hold values of the dump.
class Logs {
  constructor(host) {
    this.host = host;
  }

  createDebugAdapterTracker() {
    const { log } = this.host;
    let stopping = false; // the end of the server is no error
    return {
      onWillStopSession: () => { stopping = true; },
      onWillReceiveMessage: (m) => log.trace(`to the server: ${JSON.stringify(m).slice(0, 2000)}`),
      onDidSendMessage: (m) => {
        log.trace(`from the server: ${JSON.stringify(m).slice(0, 2000)}`);
        if (m.type === 'response' && ['disconnect', 'terminate'].includes(m.command)) stopping = true;
        if (m.type === 'response' && m.success === false) log.warn(`${m.command}: ${m.message}`);
      },
      onError: (error) => stopping || log.error(`the server: ${error.message}`),
      onExit: (code, signal) => log.info(`the server ended: ${signal || `exit status ${code ?? 'unknown'}`}`),
    };
  }
}

module.exports = { Adapters, Configurations, Logs, configuration, type };
