// A list of any length: only the rows in sight are in the document.
//
// With the role listbox it is one stop for the Tab key; arrows move its active row, which a screen
// reader follows by aria-activedescendant, and Enter chooses it.

class List {
  // options: height of a row in pixels; render(index, row) fills a row; choose(index) is called
  // when a row is chosen; key(event, index), if it is there, handles other keys, and returns
  // whether it has.
  constructor(box, options) {
    this.box = box;
    this.options = options;
    this.count = 0;
    this.active = -1;
    this.rows = new Map(); // in sight, by index
    this.space = element("div", { className: "space", role: "presentation" });
    box.replaceChildren(this.space);
    box.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(box);
    if (options.choose) {
      box.addEventListener("keydown", (event) => this.keydown(event));
      box.addEventListener("focus", () => this.active < 0 && this.count && this.activate(0));
      this.space.addEventListener("click", (event) => {
        const row = event.target.closest("[data-index]");
        if (!row) return;
        this.activate(Number(row.dataset.index), false);
        options.choose(this.active);
      });
    }
  }

  // reset shows other rows.
  reset(count, active = -1) {
    this.count = count;
    this.active = active;
    this.space.style.height = `${count * this.options.height}px`;
    this.redraw();
  }

  redraw() {
    for (const row of this.rows.values()) row.remove();
    this.rows.clear();
    this.draw();
  }

  draw() {
    const { height } = this.options;
    const spare = 6; // rows above and below those in sight
    const first = Math.max(0, Math.floor(this.box.scrollTop / height) - spare);
    const end = Math.min(
      this.count,
      Math.ceil((this.box.scrollTop + this.box.clientHeight) / height) + spare,
    );
    for (const [index, row] of this.rows) {
      if (index < first || index >= end) {
        row.remove();
        this.rows.delete(index);
      }
    }
    for (let index = first; index < end; index++) {
      if (!this.rows.has(index)) this.space.append(this.row(index));
    }
    this.mark();
  }

  row(index) {
    const row = element("div", { className: "row", id: `${this.box.id}-${index}` });
    row.dataset.index = index;
    row.style.transform = `translateY(${index * this.options.height}px)`;
    if (this.options.choose) {
      row.setAttribute("role", "option");
      row.setAttribute("aria-posinset", index + 1);
      row.setAttribute("aria-setsize", this.count);
    }
    this.options.render(index, row);
    this.rows.set(index, row);
    return row;
  }

  // mark tells the browser which row is active.
  mark() {
    if (!this.options.choose) return;
    for (const [index, row] of this.rows) row.classList.toggle("active", index === this.active);
    if (this.rows.has(this.active))
      this.box.setAttribute("aria-activedescendant", this.rows.get(this.active).id);
    else this.box.removeAttribute("aria-activedescendant");
  }

  activate(index, scroll = true) {
    this.active = Math.max(0, Math.min(index, this.count - 1));
    if (scroll) this.reveal(this.active);
    this.draw();
  }

  // reveal scrolls to a row: as little as needed, or to the middle.
  reveal(index, middle = false) {
    const { height } = this.options;
    const top = index * height;
    const { scrollTop, clientHeight } = this.box;
    if (middle) this.box.scrollTop = top - (clientHeight - height) / 2;
    else if (top < scrollTop) this.box.scrollTop = top;
    else if (top + height > scrollTop + clientHeight) this.box.scrollTop = top + height - clientHeight;
  }

  keydown(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || !this.count) return;
    const page = Math.max(1, Math.floor(this.box.clientHeight / this.options.height) - 1);
    const moves = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active - 1,
      PageDown: this.active + page,
      PageUp: this.active - page,
      Home: 0,
      End: this.count - 1,
    };
    if (event.key in moves) this.activate(moves[event.key]);
    else if (event.key === "Enter" || event.key === " ") this.active >= 0 && this.options.choose(this.active);
    else if (!this.options.key?.(event, this.active)) return;
    event.preventDefault();
  }
}
