// Takes the dumps out of an archive that comes from elsewhere. It trusts nothing in it: sizes are
// bounded, and a name that leaves the folder, or an entry that isn't a plain file, refuses the
// whole archive.
'use strict';

const zlib = require('zlib');

const maxEntries = 10_000;
const maxTotal = 512 << 20; // bytes, expanded

// Section numbers are those of PKWARE's APPNOTE.TXT 6.3.10.
const endOfDirectory = 0x06054b50; // 4.3.16
const directoryEntry = 0x02014b50; // 4.3.12
const localEntry = 0x04034b50; // 4.3.7
const stored = 0; // 4.4.5
const deflated = 8;
const encrypted = 1; // 4.4.4
const unix = 3; // 4.4.2: the upper half of the external attributes is a mode
const typeMask = 0o170000;
const regularFile = 0o100000;
const directory = 0o040000;

// dumps returns the archive's files whose names end in .dump: a list of {name, content}.
function dumps(archive) {
  const found = [];
  const files = new Set();
  const folders = new Set();
  let left = maxTotal;
  for (const entry of entries(archive)) {
    check(entry);
    const key = folded(entry.name);
    for (const { index } of key.matchAll(/\.dump\//g)) folders.add(key.slice(0, index + '.dump'.length));
    if (!key.endsWith('.dump')) continue;
    if (files.has(key)) throw refused(entry.name, 'comes twice');
    files.add(key);
    if (entry.size > left) throw new Error(`the archive expands to more than ${maxTotal >> 20} MiB`);
    left -= entry.size;
    found.push({ name: entry.name, content: content(archive, entry) });
  }
  for (const { name } of found) {
    if (folders.has(folded(name))) throw refused(name, 'is a file and a folder');
  }
  return found;
}

// folded returns the same for names that some file systems take for the same.
function folded(name) {
  return name.normalize('NFC').toLowerCase();
}

// entries returns what the archive's directory says, at its end.
function entries(archive) {
  const end = findEnd(archive);
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  if (count === 0xffff || at === 0xffffffff) throw new Error('the archive is larger than a plain zip file can be');
  if (count > maxEntries) throw new Error(`the archive has ${count} entries, more than ${maxEntries}`);
  const list = [];
  for (let i = 0; i < count; i++) {
    if (at + 46 > archive.length || archive.readUInt32LE(at) !== directoryEntry) throw damaged();
    const nameEnd = at + 46 + archive.readUInt16LE(at + 28);
    const next = nameEnd + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
    if (next > archive.length) throw damaged();
    list.push({
      system: archive[at + 5],
      flags: archive.readUInt16LE(at + 8),
      method: archive.readUInt16LE(at + 10),
      packed: archive.readUInt32LE(at + 20),
      size: archive.readUInt32LE(at + 24),
      mode: archive.readUInt16LE(at + 40),
      offset: archive.readUInt32LE(at + 42),
      name: archive.toString('utf8', at + 46, nameEnd),
    });
    at = next;
  }
  return list;
}

// findEnd returns where the record at the end begins. Only a comment follows it.
function findEnd(archive) {
  for (let at = archive.length - 22; at >= Math.max(0, archive.length - 22 - 0xffff); at--) {
    const end = at + 22 + archive.readUInt16LE(at + 20);
    if (archive.readUInt32LE(at) === endOfDirectory && end === archive.length) return at;
  }
  throw new Error('this is not a zip archive');
}

// check throws if an entry must not be unpacked.
function check(entry) {
  const parts = entry.name.replace(/\/$/, '').split('/');
  const type = entry.system === unix ? entry.mode & typeMask : 0;
  if (/[\\:\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]/.test(entry.name)) throw refused(entry.name, 'has odd characters');
  // Windows ignores dots and spaces at the end of a name, and has devices of these names.
  for (const part of parts) {
    if (part === '' || /[. ]$/.test(part)) throw refused(entry.name, 'may leave its folder');
    if (/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(part)) throw refused(entry.name, 'names a device');
  }
  if (entry.name.length > 1000) throw refused(entry.name.slice(0, 100), 'is too long');
  if (type !== 0 && type !== regularFile && type !== directory) throw refused(entry.name, 'is no plain file');
  if (entry.flags & encrypted) throw refused(entry.name, 'is encrypted');
  if (entry.method !== stored && entry.method !== deflated) throw refused(entry.name, 'is compressed oddly');
}

function damaged() {
  return new Error('the archive is damaged');
}

function refused(name, why) {
  return new Error(`the archive is refused: its entry ${JSON.stringify(name)} ${why}`);
}

// content returns the bytes of an entry.
function content(archive, entry) {
  const at = entry.offset;
  if (at + 30 > archive.length || archive.readUInt32LE(at) !== localEntry) throw damaged();
  const start = at + 30 + archive.readUInt16LE(at + 26) + archive.readUInt16LE(at + 28);
  if (start + entry.packed > archive.length) throw damaged();
  let bytes = archive.subarray(start, start + entry.packed);
  // An empty file stays within the limit, which must be 1 or more.
  if (entry.method === deflated) bytes = zlib.inflateRawSync(bytes, { maxOutputLength: Math.max(1, entry.size) });
  if (bytes.length !== entry.size) throw refused(entry.name, 'has another size than it says');
  return bytes;
}

module.exports = { dumps, maxTotal };
