// Writes the summary page of a dump. A dump is untrusted: all of its text is escaped here, and
// the page's policy allows nothing but its own script and style.
'use strict';

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

// escape returns a text as HTML. Characters that control or reorder text are shown as a sign.
function escape(text) {
  return String(text)
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, '\ufffd')
    .replace(/[&<>"']/g, (c) => entities[c]);
}

// unescape returns the text of what "coredumpy peek -markdown" wrote: it escapes with numbers.
function unescape(html) {
  return html.replace(/&#(\d{1,7});/g, (all, n) => (n <= 0x10ffff ? String.fromCodePoint(n) : all));
}

// sections returns the titles and texts on the page of "coredumpy peek -markdown".
function sections(page) {
  const found = [];
  for (const m of page.matchAll(/^(\S.*)\n\n<pre>\n([^]*?)\n<\/pre>$/gm)) {
    found.push({ title: m[1], text: unescape(m[2]) });
  }
  return found;
}

// facts are the rows of the table on the page, from what "coredumpy peek -json" says.
function facts(head) {
  const place = head.top && head.top.func ? `${head.top.func} (${head.top.file || '?'}:${head.top.line || '?'})` : '';
  const rows = [
    ['At', place],
    ['Test', head.test],
    ['Value', head.value],
    ['Description', head.description],
    ['Made', head.time],
    ['Program', [head.program, ...(Array.isArray(head.args) ? head.args.slice(1) : [])].filter(Boolean).join(' ')],
    ['Machine', [head.host, `${head.go || ''} ${head.os || ''}/${head.arch || ''}`].filter(Boolean).join(', ')],
    ['In it', `${head.goroutines ?? '?'} goroutines, ${head.objects ?? '?'} objects, ${bytes(head.size)}`],
    ...(Array.isArray(head.notes) ? head.notes.map((note) => ['Note', note]) : []),
    ...(Array.isArray(head.cut) ? head.cut.map((c) => ['Cut', `${c && c.limit}: ${c && c.count}`]) : []),
  ];
  return rows.filter(([, text]) => text !== undefined && text !== '');
}

function bytes(n) {
  if (!Number.isFinite(n)) return '? bytes';
  for (const [unit, size] of [['GB', 1e9], ['MB', 1e6], ['KB', 1e3]]) {
    if (n >= size) return `${(n / size).toFixed(1)} ${unit}`;
  }
  return `${n} bytes`;
}

const style = `
body { padding: 1rem 1.5rem 2rem; font-family: var(--vscode-font-family); color: var(--vscode-foreground);
  line-height: 1.45; }
h1 { font-size: 1.5rem; font-weight: 600; margin: 0 0 .25rem; overflow-wrap: anywhere; white-space: pre-wrap; }
h2 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
.reason { color: var(--vscode-errorForeground); font-weight: 600; margin: 0; }
.file { color: var(--vscode-descriptionForeground); margin: 0 0 1rem; overflow-wrap: anywhere; }
pre, td { font-family: var(--vscode-editor-font-family); font-size: var(--vscode-editor-font-size); }
pre { background: var(--vscode-textCodeBlock-background); padding: .7rem .9rem; overflow-x: auto; margin: 0;
  border-radius: 4px; tab-size: 4; }
.problem { white-space: pre-wrap; overflow-wrap: anywhere; }
table { border-spacing: 0; margin-top: 1rem; }
th { text-align: left; font-weight: normal; color: var(--vscode-descriptionForeground); padding: .1rem 1.2rem .1rem 0;
  vertical-align: top; white-space: nowrap; }
td { overflow-wrap: anywhere; white-space: pre-wrap; padding: .1rem 0; }
button { color: var(--vscode-button-secondaryForeground); background: var(--vscode-button-secondaryBackground);
  border: 1px solid var(--vscode-button-border, transparent); border-radius: 2px; padding: .45rem .9rem;
  margin: 0 .5rem .3rem 0; font: inherit; cursor: pointer; }
button:first-child { color: var(--vscode-button-foreground); background: var(--vscode-button-background); }
button:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 2px; }
`;

const script = `
const vscode = acquireVsCodeApi();
for (const b of document.querySelectorAll('button')) {
  b.addEventListener('click', () => vscode.postMessage({ action: b.dataset.action }));
}
`;

// page returns the HTML of a page. content has the file's path and, as far as they are known,
// head, sections and problem: a text that says what is wrong. buttons are [action, label].
function page(content, buttons, nonce) {
  const { file, head, problem, waiting } = content;
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; ` +
    "base-uri 'none'; form-action 'none'";
  const parts = [];
  if (head) {
    parts.push(`<p class="reason">${escape(head.reason)}</p>`);
    parts.push(`<h1>${escape(head.message || head.description || head.reason)}</h1>`);
  } else {
    parts.push(`<h1>${escape(problem ? 'This dump can\'t be shown' : 'Reading the dump...')}</h1>`);
  }
  parts.push(`<p class="file">${escape(file)}</p>`);
  parts.push('<div>', ...buttons.map(([action, label]) =>
    `<button data-action="${escape(action)}">${escape(label)}</button>`), '</div>');
  if (problem) parts.push(`<h2>Problem</h2><pre class="problem">${escape(problem)}</pre>`);
  if (head) {
    parts.push('<table>', ...facts(head).map(([name, text]) =>
      `<tr><th scope="row">${escape(name)}</th><td>${escape(text)}</td></tr>`), '</table>');
  }
  for (const s of content.sections || []) {
    if (s.title !== 'Summary' && s.title !== 'Open it with') {
      parts.push(`<h2>${escape(s.title)}</h2><pre tabindex="0">${escape(s.text)}</pre>`);
    }
  }
  if (waiting) parts.push(`<p role="status">${escape(waiting)}</p>`);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Summary of a dump</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
${parts.join('\n')}
<script nonce="${nonce}">${script}</script>
</body>
</html>
`;
}

module.exports = { bytes, escape, facts, page, sections, unescape };
