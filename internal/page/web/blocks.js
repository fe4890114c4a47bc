// Blocks hold what the dump holds: JSON, compressed with gzip, in base64, in script elements that
// the browser doesn't run. A block is unpacked when a row of it is needed.

// complete is done when the browser has read the whole page. Before that a block may be missing.
const complete = new Promise((done) => {
  if (document.readyState !== "loading") done();
  else document.addEventListener("DOMContentLoaded", done, { once: true });
});
const isComplete = () => document.readyState !== "loading";

const directory = new Map(); // of a complete page: the blocks of each kind, in order

function blocksOf(kind) {
  let blocks = directory.get(kind);
  if (!blocks) {
    blocks = [...document.querySelectorAll(`script[data-kind="${kind}"]`)].map((e) => ({
      element: e,
      first: Number(e.dataset.first),
      count: Number(e.dataset.count),
    }));
    if (isComplete()) directory.set(kind, blocks);
  }
  return blocks;
}

// findBlock finds the block of a kind with a row; rows ascend.
function findBlock(kind, row) {
  const blocks = blocksOf(kind);
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (blocks[middle].first + blocks[middle].count <= row) low = middle + 1;
    else high = middle;
  }
  return blocks[low]?.first <= row ? blocks[low] : undefined;
}

// maxUnpacked bounds how many blocks are kept unpacked, the latest.
const maxUnpacked = 64;
const unpacked = new Map(); // promises, by element

function unpack(e) {
  let content = unpacked.get(e);
  if (content)
    unpacked.delete(e); // it becomes the latest again
  else content = inflate(e.textContent);
  unpacked.set(e, content);
  if (unpacked.size > maxUnpacked) unpacked.delete(unpacked.keys().next().value);
  return content;
}

async function inflate(base64) {
  const letters = atob(base64);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

// readBlock returns the content of the block with a row, null if the page has none.
async function readBlock(kind, row = 0) {
  let found = findBlock(kind, row);
  if (!found && !isComplete()) {
    await complete;
    found = findBlock(kind, row);
  }
  return found ? unpack(found.element) : null;
}

// readRow returns a row, with the names of the types in its block; null if the page has none.
async function readRow(kind, row) {
  const content = await readBlock(kind, row);
  if (!content) return null;
  return { row: content.rows[row - findBlock(kind, row).first], types: content.types };
}
