// Fetches an artifact of a GitHub run, and unpacks its dumps into a folder.
'use strict';

const fs = require('fs');
const https = require('https');
const path = require('path');
const zip = require('./zip');

const maxArchive = 256 << 20; // bytes
const maxAnswer = 1 << 20; // bytes of an answer that isn't an archive
const maxRedirects = 5;
const idle = 30_000; // milliseconds without a byte
const kept = 7 * 24 * 3600_000; // milliseconds: how long unpacked dumps are kept

// get fetches an address, and resolves to its bytes. The token goes to the first host only: GitHub
// redirects to a store that has an access key in the address.
function get(address, token, most, signal, request = https.request, redirects = maxRedirects) {
  return new Promise((resolve, reject) => {
    const url = new URL(address);
    if (url.protocol !== 'https:') {
      reject(new Error(`GitHub redirects to ${JSON.stringify(url.protocol)}: only https is followed`));
      return;
    }
    const headers = { 'User-Agent': 'coredumpy-go', Accept: 'application/vnd.github+json' };
    if (token) headers.Authorization = `Bearer ${token}`;
    const req = request(url, { headers, signal, timeout: idle }, (res) => {
      if ([301, 302, 303, 307, 308].includes(res.statusCode) && res.headers.location) {
        res.resume();
        if (redirects === 0) {
          reject(new Error('GitHub redirects without end'));
          return;
        }
        const next = new URL(res.headers.location, url);
        const same = next.origin === url.origin;
        get(next.href, same ? token : '', most, signal, request, redirects - 1).then(resolve, reject);
        return;
      }
      collect(res, res.statusCode === 200 ? most : maxAnswer).then((body) => {
        if (res.statusCode === 200) resolve(body);
        else reject(new Error(`${url.host} answers ${res.statusCode}${reason(res.statusCode, body)}`));
      }, reject);
    });
    req.on('timeout', () => req.destroy(new Error(`${url.host} sends nothing`)));
    req.on('error', reject);
    req.end();
  });
}

// reason returns what an error's answer says, or what the status means.
function reason(status, body) {
  let message = '';
  try {
    message = String(JSON.parse(body.toString('utf8')).message || '').slice(0, 300);
  } catch {
    // The body isn't JSON: the status must do.
  }
  const hint = { 404: 'no such artifact, or your account may not read it', 410: 'the artifact has expired' }[status];
  return [message, hint].filter(Boolean).map((text) => `: ${text}`).join('');
}

// collect reads a body of most bytes at most.
function collect(stream, most) {
  return new Promise((resolve, reject) => {
    const parts = [];
    let size = 0;
    stream.on('data', (part) => {
      size += part.length;
      if (size > most) {
        stream.destroy();
        reject(new Error(`the answer has more than ${most} bytes`));
        return;
      }
      parts.push(part);
    });
    stream.on('end', () => resolve(Buffer.concat(parts)));
    stream.on('error', reject);
    stream.on('aborted', () => reject(new Error('the connection ended early')));
  });
}

// fetchArtifact resolves to the archive of an artifact.
function fetchArtifact({ owner, repository, artifact }, token, signal, request) {
  const address = `https://api.github.com/repos/${owner}/${repository}/actions/artifacts/${artifact}/zip`;
  return get(address, token, maxArchive, signal, request);
}

// unpack writes an archive's dumps into a folder of its own below root, and returns their paths.
function unpack(archive, root, { owner, repository, artifact }) {
  const dumps = zip.dumps(archive);
  if (dumps.length === 0) throw new Error('there is no dump in the artifact: no file in it ends in .dump');
  const folder = path.join(root, `${owner}-${repository}-${artifact}`);
  fs.mkdirSync(root, { recursive: true, mode: 0o700 });
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { mode: 0o700 });
  return dumps.map(({ name, content }) => {
    const file = path.join(folder, ...name.split('/'));
    if (!file.startsWith(folder + path.sep)) throw new Error(`the archive is refused: ${JSON.stringify(name)}`);
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    fs.writeFileSync(file, content, { flag: 'wx', mode: 0o600 });
    return file;
  });
}

// clean removes what was unpacked below root more than a week ago: a dump may hold secrets.
function clean(root, now = Date.now()) {
  let names = [];
  try {
    names = fs.readdirSync(root);
  } catch {
    return; // nothing was ever unpacked
  }
  for (const name of names) {
    const folder = path.join(root, name);
    if (now - fs.lstatSync(folder).mtimeMs > kept) fs.rmSync(folder, { recursive: true, force: true });
  }
}

module.exports = { clean, fetchArtifact, get, unpack };
