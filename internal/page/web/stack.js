// The stack of a goroutine. Frames of the standard library in a row are one row until somebody
// opens it.

class Stack {
  // choose(frame) is called when a frame is chosen.
  constructor(choose) {
    this.choose = choose;
    this.list = new List(byId("stack"), {
      height: 46,
      render: (index, row) => this.render(this.rows[index], row),
      choose: (index) => this.use(this.rows[index]),
    });
  }

  show(goroutine, frame) {
    if (this.goroutine !== goroutine) this.unfolded = new Set();
    this.goroutine = goroutine;
    this.frame = frame;
    this.layOut();
    const more = [goroutine.wait, goroutine.labels]
      .filter(Boolean)
      .map((s) => `, ${s}`)
      .join("");
    byId("stack-title").textContent = `Goroutine ${goroutine.id}`;
    byId("stack-about").textContent = goroutine.status + more;
  }

  layOut() {
    const { frames } = this.goroutine;
    this.rows = [];
    for (let n = 0; n < frames.length; n++) {
      let end = n;
      while (
        end < frames.length &&
        frames[end].code === "std" &&
        end !== this.frame &&
        !this.unfolded.has(end)
      )
        end++;
      if (end - n > 1) {
        this.rows.push({ fold: [n, end] });
        n = end - 1;
      } else {
        this.rows.push({ n });
      }
    }
    this.rows.push(...this.labels());
    const active = this.rows.findIndex((r) => r.n === this.frame);
    this.list.reset(this.rows.length, Math.max(active, 0));
    this.list.activate(Math.max(active, 0));
  }

  // labels are the rows below the frames.
  labels() {
    const g = this.goroutine;
    const rows = [];
    if (g.note) rows.push({ label: g.note });
    if (g.left)
      rows.push({ label: `${counted(g.left, "more frame")}: not in this page, coredumpy load shows them` });
    if (g.more) rows.push({ label: `${counted(g.more, "more frame")}: not in the dump` });
    if (g.by)
      rows.push({ label: `created by ${shortName(g.by.f)}`, where: placeText(g.by), parent: g.parent });
    if (!g.frames.length && !g.note) rows.push({ label: "no frames" });
    return rows;
  }

  render(shown, row) {
    row.setAttribute("aria-selected", shown.n === this.frame);
    if (shown.fold) {
      row.classList.add("fold");
      row.append(
        element(
          "span",
          { className: "title" },
          `${shown.fold[1] - shown.fold[0]} frames of the standard library`,
        ),
        element("span", { className: "dim" }, "Enter shows them"),
      );
      return;
    }
    if (shown.label) {
      row.classList.add("label");
      row.append(
        element("span", { className: "title", title: shown.label }, shown.label),
        element(
          "span",
          { className: "dim" },
          (shown.where || "") + (shown.parent !== undefined ? ` in goroutine ${shown.parent}` : ""),
        ),
      );
      return;
    }
    const f = this.goroutine.frames[shown.n];
    if (f.code) row.classList.add(f.code);
    row.append(
      element("span", { className: "title", title: f.f || "" }, shortName(f.f || "?")),
      element(
        "span",
        { className: "dim", title: f.p || "" },
        placeText(f) + (f.flags ? ` · ${f.flags}` : ""),
      ),
      element("span", { className: "count plain" }, String(shown.n)),
    );
  }

  use(shown) {
    if (shown.n !== undefined) this.choose(shown.n);
    else if (shown.parent !== undefined) location.hash = frameHash(shown.parent);
    else if (shown.fold) {
      for (let n = shown.fold[0]; n < shown.fold[1]; n++) this.unfolded.add(n);
      this.layOut();
      this.list.activate(this.rows.findIndex((r) => r.n === shown.fold[0]));
    }
  }
}
