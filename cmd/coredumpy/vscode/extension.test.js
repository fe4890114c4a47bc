// Tests the parts of the extension that don't need VS Code: node --test extension.test.js
'use strict';

const assert = require('assert');
const { EventEmitter } = require('events');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { Readable } = require('stream');
const { test } = require('node:test');
const zlib = require('zlib');
const artifact = require('./lib/artifact');
const command = require('./lib/command');
const html = require('./lib/html');
const link = require('./lib/link');
const zip = require('./lib/zip');

// archiveOf returns a zip archive of entries {name, text, mode, size, flags, method, system}.
function archiveOf(...entries) {
  const files = [];
  const directory = [];
  let offset = 0;
  for (const e of entries) {
    const name = Buffer.from(e.name);
    const text = Buffer.from(e.text || '');
    const method = e.method ?? 8;
    const packed = method === 8 ? zlib.deflateRawSync(text) : text;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central[5] = e.system ?? 3;
    central.writeUInt16LE(e.flags || 0, 8);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt32LE(e.size ?? text.length, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt16LE(e.mode ?? 0o100644, 40);
    central.writeUInt32LE(offset, 42);
    files.push(local, name, packed);
    directory.push(central, name);
    offset += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, ...directory, end]);
}

test('an archive gives its dumps', () => {
  const archive = archiveOf({ name: 'a/', mode: 0o040755 }, { name: 'a/x.dump', text: 'one' },
    { name: 'notes.txt', text: 'no' }, { name: 'y.dump', text: '', method: 0 });
  const got = zip.dumps(archive).map((d) => [d.name, d.content.toString()]);
  assert.deepStrictEqual(got, [['a/x.dump', 'one'], ['y.dump', '']]);
});

test('an archive that may do harm is refused', () => {
  const tests = [
    ['../x.dump', {}], ['a/../../x.dump', {}], ['/etc/x.dump', {}], ['a//x.dump', {}], ['./x.dump', {}],
    ['C:x.dump', {}], ['a\\x.dump', {}], ['a./x.dump', {}], ['x.dump ', {}], ['con.dump', {}], ['x\n.dump', {}], ['', {}], ['x\u202epmud.dump', {}],
    ['x.dump', { mode: 0o120777 }], ['x', { mode: 0o120777 }], ['x.dump', { mode: 0o020666 }],
    ['x.dump', { flags: 1 }], ['x.dump', { method: 12 }], ['x.dump', { size: 5 }], ['x.dump', { size: 1 }],
    ['x.dump', { size: 0xfffffff0 }],
  ];
  for (const [name, more] of tests) {
    assert.throws(() => zip.dumps(archiveOf({ name, text: 'abc', ...more })), /archive|larger/, JSON.stringify([name, more]));
  }
  assert.throws(() => zip.dumps(archiveOf({ name: 'x.dump' }, { name: 'X.DUMP' })), /twice/);
  assert.throws(() => zip.dumps(archiveOf({ name: '\u00e9.dump' }, { name: 'e\u0301.dump' })), /twice/);
  for (const other of ['a.dump/b.dump', 'A.dump/notes.txt', 'a.dump/']) {
    assert.throws(() => zip.dumps(archiveOf({ name: 'a.dump' }, { name: other })), /file and a folder/, other);
    assert.throws(() => zip.dumps(archiveOf({ name: other }, { name: 'a.dump' })), /file and a folder/, other);
  }
  assert.throws(() => zip.dumps(Buffer.from('no archive')), /not a zip/);
  const bomb = archiveOf({ name: 'x.dump', text: Buffer.alloc(1 << 20), size: 1000 });
  assert.throws(() => zip.dumps(bomb), /larger/);
});

test('a damaged archive is an error, and no endless work', () => {
  const whole = archiveOf({ name: 'a/x.dump', text: 'one' }, { name: 'y.dump', text: 'two' });
  for (let i = 0; i < whole.length; i++) {
    for (const value of [0, 0x7f, 0xff]) {
      const damaged = Buffer.from(whole);
      damaged[i] = value;
      try {
        zip.dumps(damaged);
      } catch (error) {
        assert(error instanceof Error);
      }
    }
  }
});

test('unpacked dumps are in a folder of their own, for a week', () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'coredumpy-test-'));
  try {
    const target = { owner: 'ann', repository: 'shop', artifact: '12' };
    const archive = archiveOf({ name: 'a/x.dump', text: 'one' });
    const files = artifact.unpack(archive, root, target);
    assert.deepStrictEqual(files, [path.join(root, 'ann-shop-12', 'a', 'x.dump')]);
    assert.deepStrictEqual(artifact.unpack(archive, root, target), files);
    assert.strictEqual(fs.statSync(files[0]).mode & 0o077, 0);
    assert.throws(() => artifact.unpack(archiveOf({ name: 'x.txt' }), root, target), /no dump/);
    artifact.clean(root);
    assert(fs.existsSync(files[0]));
    artifact.clean(root, Date.now() + 8 * 24 * 3600_000);
    assert(!fs.existsSync(files[0]));
  } finally {
    fs.rmSync(root, { recursive: true });
  }
});

// answering returns a stand-in for https.request that gives these answers, and notes what is asked.
function answering(asked, answers) {
  return (url, options, callback) => {
    asked.push([url.href, options.headers.Authorization]);
    const { status, location, body } = answers.shift();
    const res = Readable.from([Buffer.from(body || '')]);
    Object.assign(res, { statusCode: status, headers: { location } });
    const req = new EventEmitter();
    req.end = () => setImmediate(callback, res);
    return req;
  };
}

test('the token goes to GitHub only', async () => {
  const asked = [];
  const request = answering(asked, [{ status: 302, location: 'https://store.example/x?key=1' }, { status: 200, body: 'zip' }]);
  const target = { owner: 'ann', repository: 'shop', artifact: '12' };
  assert.strictEqual((await artifact.fetchArtifact(target, 'secret', undefined, request)).toString(), 'zip');
  assert.deepStrictEqual(asked, [
    ['https://api.github.com/repos/ann/shop/actions/artifacts/12/zip', 'Bearer secret'],
    ['https://store.example/x?key=1', undefined],
  ]);
});

test('what goes wrong with a download is said', async () => {
  const tests = [
    [[{ status: 404, body: '{"message":"Not Found"}' }], /404: Not Found: no such artifact/],
    [[{ status: 410, body: '<html>' }], /410: the artifact has expired/],
    [[{ status: 302, location: 'http://store.example/' }], /only https/],
    [Array.from({ length: 9 }, () => ({ status: 302, location: '/again' })), /without end/],
    [[{ status: 200, body: 'too long' }], /more than 5 bytes/],
  ];
  for (const [answers, want] of tests) {
    await assert.rejects(artifact.get('https://api.github.com/x', 't', 5, undefined, answering([], answers)), want);
  }
});

test('links', () => {
  const base = 'vscode://coredumpy.coredumpy-go/open?';
  const address = 'https://github.com/ann/shop/actions/runs/1/artifacts/2';
  const want = { owner: 'ann', repository: 'shop', artifact: '2', file: '' };
  assert.deepStrictEqual(link.parse(base + 'path=/srv/a%20b%26c+.dump'), { path: '/srv/a b&c+.dump' });
  assert.deepStrictEqual(link.parse(base + 'path=C:%5Cx.dump'), { path: 'C:\\x.dump' });
  assert.deepStrictEqual(link.parse(` ${address}\n`), want);
  assert.deepStrictEqual(link.parse(`${base}artifact=${address}&file=x.dump`), { ...want, file: 'x.dump' });
  assert.deepStrictEqual(link.parse(base + 'artifact=' + encodeURIComponent(address)), want);
  assert.deepStrictEqual(link.ofUri({ path: '/open', query: 'path=/srv/100%.dump' }), { path: '/srv/100%.dump' });
  for (const bad of [
    '', 'x', base, base + 'path=x.dump', base + 'path=//host/x.dump', base + 'path=/\\host/x.dump', base + 'path=%5C%5Chost/x.dump',
    base + 'path=/etc/passwd', base + 'path=/x%0A.dump', base + 'path=/x%E2%80%AE.dump', base + 'path=%', base + 'path=/a.dump&path=/b.dump',
    base + `path=/a.dump&artifact=${address}`, base + 'artifact=https://github.example/ann/shop/actions/runs/1/artifacts/2',
    base + 'artifact=https://github.com/ann/../actions/runs/1/artifacts/2', base + `artifact=${address}/../3`, base + `artifact=${address}?x`,
    'vscode://other.extension/open?path=/x.dump', 'https://coredumpy.coredumpy-go/run?path=/x.dump', 'javascript:alert(1)',
  ]) {
    assert.throws(() => link.parse(bad), /can't be opened/, bad);
  }
});

test('the page escapes what is in a dump', () => {
  const evil = '<script>alert(1)</script>"\'&\u202e\u0000';
  const head = { reason: evil, message: evil, top: { func: evil, file: evil, line: evil }, args: ['', evil], notes: [evil], cut: [{ limit: evil }, null],
    time: evil, host: evil, program: evil, go: evil, goroutines: evil, objects: evil, size: evil };
  const text = html.page({ file: evil, head, problem: evil, sections: [{ title: evil, text: evil }] }, [['x', 'y']], 'n');
  assert.strictEqual(text.split('<script').length, 2); // the page's own
  assert(!/[\u202e\u0000]/.test(text) && !text.includes(evil));
  assert(text.includes("default-src 'none'; style-src 'nonce-n'; script-src 'nonce-n'; base-uri 'none'; form-action 'none'"));
});

test('sections are read back as they were', () => {
  const page = '<h3><code>x</code></h3>\n\nSummary\n\n<pre>\na&#60;b\n\n  c\n</pre>\n\nStack\n\n<pre>\n&#38;amp;\n</pre>\n\n';
  assert.deepStrictEqual(html.sections(page), [{ title: 'Summary', text: 'a<b\n\n  c' }, { title: 'Stack', text: '&amp;' }]);
});

test('the command is found', () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'coredumpy-test-'));
  try {
    const put = (name) => {
      const file = path.join(root, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, '', { mode: 0o755 });
      return file;
    };
    const home = path.join(root, 'home');
    const find = (setting, env) => command.find(setting, root, env, home, false);
    assert.throws(() => find('', { PATH: '/nowhere:.' }), command.NotFound);
    const inGo = put('home/go/bin/coredumpy');
    assert.deepStrictEqual(find('', { PATH: '' }), [inGo]);
    const inPath = put('bin/coredumpy');
    const env = { PATH: path.dirname(inPath) };
    assert.deepStrictEqual(find('', env), [inPath]);
    assert.deepStrictEqual(find(['coredumpy', '-x'], env), [inPath, '-x']);
    assert.deepStrictEqual(find('./bin/coredumpy', {}), [inPath]);
    assert.deepStrictEqual(find('${workspaceFolder}/bin/coredumpy', {}), [inPath]);
    assert.deepStrictEqual(find('~/go/bin/coredumpy', {}), [inGo]);
    assert.throws(() => find('~/nothing', env), /"~\/nothing"/);
    assert.throws(() => find('nothing', env), /not in PATH/);
  } finally {
    fs.rmSync(root, { recursive: true });
  }
});

test('the command runs without a shell', async () => {
  const { stdout, status } = await command.run([process.execPath, '-p'], ['process.argv.length + "$(x)"'], os.tmpdir());
  assert.deepStrictEqual([stdout, status], ['1$(x)\n', 0]);
  assert.strictEqual((await command.run([process.execPath], ['-e', 'process.exit(3)'], os.tmpdir())).status, 3);
  await assert.rejects(command.run(['/nowhere/x'], [], os.tmpdir()), /ENOENT/);
  await assert.rejects(command.run([process.execPath, '-p'], ['"x".repeat(99)'], os.tmpdir(), 10), /maxBuffer/);
});
