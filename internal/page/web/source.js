// The source of a frame, with the values of its variables beside the lines.

const pieceClasses = { k: "keyword", s: "string", n: "number", c: "comment" };

// rowsOf returns what the rows show of a file: the numbers of lines, and the first and the last
// number of those that the dump doesn't have.
function rowsOf(count, gaps) {
  const rows = [];
  let line = 1;
  for (const gap of gaps) {
    for (; line < gap[0]; line++) rows.push(line);
    rows.push(gap);
    line = gap[1] + 1;
  }
  for (; line <= count; line++) rows.push(line);
  return rows;
}

class Source {
  // openVariable(name) is called to go to a variable.
  constructor(files, openVariable) {
    this.files = new Map(files.map((path, i) => [path, i]));
    this.openVariable = openVariable;
    this.lines = [];
    this.list = new List(byId("source"), { height: 21, render: (index, row) => this.render(index, row) });
    byId("source").addEventListener("click", (event) => {
      const name = event.target.closest("[data-variable]")?.dataset.variable;
      if (name) this.openVariable(name);
    });
  }

  async show(frame) {
    this.frame = frame;
    const file =
      frame?.p && this.files.has(frame.p) ? await readBlock("source", this.files.get(frame.p)) : null;
    if (this.frame !== frame) return; // another was selected meanwhile
    byId("source-title").textContent = frame?.p ? baseName(frame.p) : "Source";
    byId("source-about").textContent = frame?.p ? `line ${frame.l || "?"} · ${frame.p}` : "";
    byId("source-about").title = frame?.p || "";
    this.lines = file?.lines || [];
    this.rows = rowsOf(this.lines.length, file?.gaps || []);
    this.beside = new Map();
    for (const v of frame?.lines || []) {
      if (!this.beside.has(v.l)) this.beside.set(v.l, []);
      this.beside.get(v.l).push(v);
    }
    this.list.reset(this.rows.length);
    byId("source").classList.toggle("empty", !file);
    byId("source").dataset.empty = file ? "" : this.why(frame);
    byId("source").scrollLeft = 0;
    if (file) this.list.reveal(Math.max(this.rows.indexOf(frame.l), 0), true);
    this.list.draw();
  }

  why(frame) {
    if (!frame) return "";
    if (!frame.p) return "The source file isn't known.";
    return this.files.has(frame.p) ? "This file isn't in the page." : "This file isn't in the dump.";
  }

  render(index, row) {
    const line = this.rows[index];
    if (Array.isArray(line)) {
      const gap = `lines ${line[0]} to ${line[1]} are not in the dump`;
      row.append(
        element("span", { className: "lineno" }),
        element("span", { className: "text" }, element("span", { className: "comment" }, gap)),
      );
      return;
    }
    if (line === this.frame.l) {
      row.classList.add("current");
      row.setAttribute("aria-current", "true");
    }
    const text = element("span", { className: "text" });
    for (const piece of this.lines[line - 1] || []) {
      text.append(
        piece[0] === " "
          ? piece.slice(1)
          : element("span", { className: pieceClasses[piece[0]] }, piece.slice(1)),
      );
    }
    row.append(element("span", { className: "lineno" }, String(line)), text);
    for (const v of this.beside.get(line) || []) {
      const beside = element(
        "span",
        { className: "beside", title: `${v.n} = ${v.v}, when the dump was made` },
        `${v.n} = `,
        element("span", { className: `value ${v.c || ""}` }, v.v),
      );
      beside.dataset.variable = v.n;
      row.append(beside);
    }
  }
}
