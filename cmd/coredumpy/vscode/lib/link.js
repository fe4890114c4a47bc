// Reads links to dumps. Anyone can make one, so a link is checked here, and nothing is opened
// before the user has agreed, see extension.js.
'use strict';

// artifactURL matches the address of an artifact, as GitHub shows it and as the action
// actions/upload-artifact returns it.
const artifactURL = new RegExp('^https://github\\.com/([A-Za-z0-9][A-Za-z0-9-]{0,38})/([A-Za-z0-9._-]{1,100})' +
  '/actions/runs/\\d{1,20}/artifacts/(\\d{1,20})$');

// parse returns what a link is about: {path} or {owner, repository, artifact, file}. It takes
//
//	vscode://coredumpy.coredumpy-go/open?path=/srv/shop/coredumpy_main.dump
//	vscode://coredumpy.coredumpy-go/open?artifact=https://github.com/ann/shop/actions/runs/1/artifacts/2
//
// where file=NAME may choose one of the artifact's dumps, and the address of an artifact alone. It
// throws an error that quotes the link.
function parse(text) {
  text = text.trim();
  if (artifactURL.test(text)) return artifact(text, '');
  const m = /^[a-z][a-z0-9+.-]*:\/\/coredumpy\.coredumpy-go\/open\?([^#]*)$/i.exec(text);
  if (!m) throw wrong(text, 'it is no link to a dump');
  try {
    return query(m[1], decodeURIComponent);
  } catch (error) {
    throw error instanceof URIError ? wrong(text, 'it has a wrong %') : error;
  }
}

// ofUri is parse for a link that the editor has taken apart and decoded.
function ofUri(uri) {
  if (uri.path !== '/open') throw wrong(uri.path, 'it is no link to a dump');
  return query(uri.query, (text) => text);
}

// query reads what follows the question mark.
function query(text, decode) {
  const found = new Map();
  for (const part of text.split('&').filter(Boolean)) {
    const [name, ...rest] = part.split('=');
    if (found.has(name)) throw wrong(text, `it has ${name} twice`);
    found.set(name, decode(rest.join('=')));
  }
  if (found.has('path') === found.has('artifact')) throw wrong(text, 'it must have either path or artifact');
  if (found.has('path')) return { path: dumpPath(found.get('path')) };
  return artifact(found.get('artifact'), found.get('file') || '');
}

// dumpPath returns a path if it is the absolute one of a dump. A path that begins with two
// slashes names another machine on Windows, which would learn who the user is.
function dumpPath(path) {
  const absolute = /^\/(?![/\\])/.test(path) || /^[A-Za-z]:[\\/](?![\\/])/.test(path);
  if (!absolute || control.test(path)) throw wrong(path, 'it is no absolute path on this machine');
  if (!/\.dump$/i.test(path)) throw wrong(path, 'the name of a dump ends in .dump');
  return path;
}

function artifact(address, file) {
  const m = artifactURL.exec(address);
  if (!m || m[2] === '.' || m[2] === '..') throw wrong(address, 'it is no artifact of a run on github.com');
  if (control.test(file)) throw wrong(file, 'it is no name of a file');
  return { owner: m[1], repository: m[2], artifact: m[3], file };
}

const control = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

function wrong(text, why) {
  return new Error(`the link ${JSON.stringify(text.slice(0, 300))} can't be opened: ${why}`);
}

module.exports = { ofUri, parse };
