// Finds the command coredumpy, and runs it. It doesn't need VS Code, so that it can be tested
// without.
'use strict';

const { execFile } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const howToInstall =
  'Run "go install ./cmd/coredumpy" in a checkout of coredumpy, or set coredumpy.command to the command.';

// NotFound is thrown if there is no command. Its message says where it was looked for.
class NotFound extends Error {}

// isExecutable reports whether a file can be run.
function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

// inDirectories returns the first directory's executable of a name, or undefined.
function inDirectories(name, directories, windows) {
  for (const dir of directories) {
    // A relative directory of PATH would run what an opened folder holds.
    if (!path.isAbsolute(dir)) continue;
    for (const file of windows ? [name + '.exe', name] : [name]) {
      const full = path.join(dir, file);
      if (isExecutable(full)) return full;
    }
  }
  return undefined;
}

// goDirectories are those that "go install" writes to.
function goDirectories(env, home) {
  const paths = (env.GOPATH || path.join(home, 'go')).split(path.delimiter).filter(Boolean);
  return [env.GOBIN || '', ...paths.map((dir) => path.join(dir, 'bin'))].filter(Boolean);
}

// find returns the words of the command: what the setting says, or the executable coredumpy
// where executables are. It throws NotFound.
function find(setting, folder, env = process.env, home = os.homedir(), windows = process.platform === 'win32') {
  const words = (Array.isArray(setting) ? setting : [setting || '']).map(String);
  const inPath = (env.PATH || env.Path || '').split(path.delimiter);
  if (words[0].trim() === '') {
    const file = inDirectories('coredumpy', [...inPath, ...goDirectories(env, home)], windows);
    if (file) return [file];
    throw new NotFound('The command coredumpy is neither in PATH nor where "go install" puts it.');
  }
  let first = words[0].replace(/^~(?=[/\\])/, () => home).replace('${workspaceFolder}', () => folder || '');
  if (/[/\\]/.test(first)) {
    if (!path.isAbsolute(first) && folder) first = path.join(folder, first);
    if (path.isAbsolute(first) && isExecutable(first)) return [first, ...words.slice(1)];
    throw new NotFound(`The setting coredumpy.command names ${JSON.stringify(words[0])}: there is no such executable.`);
  }
  const file = inDirectories(first, inPath, windows);
  if (file) return [file, ...words.slice(1)];
  throw new NotFound(`The setting coredumpy.command names ${JSON.stringify(words[0])}, which is not in PATH.`);
}

// run runs the command, and resolves to what it printed and to its exit status. It rejects if the
// command can't be started, takes longer than two minutes, or prints more than most bytes.
function run(words, args, folder, most = 16 << 20) {
  return new Promise((resolve, reject) => {
    const options = { cwd: folder, maxBuffer: most, timeout: 120_000, windowsHide: true, encoding: 'utf8' };
    execFile(words[0], [...words.slice(1), ...args], options, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') {
        reject(error.killed && !error.code ? new Error(`${words[0]} took longer than two minutes`) : error);
        return;
      }
      resolve({ stdout, stderr, status: error ? error.code : 0 });
    });
  });
}

module.exports = { NotFound, find, howToInstall, run };
