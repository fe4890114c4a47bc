// A tree of values. What is in a value is read when the value is opened, a page of it at a time.
//
// An item has a name, a text, a type, a class for the text, a note, and if it can be opened
// children(), which returns its items; row is the number of its value's row, if it has one. One
// row has the focus, as in the tree view pattern of the ARIA practices.

const pageOfItems = 100; // how many items are added at once

class Tree {
  // openObject(row) is called to look at a value by itself.
  constructor(box, openObject) {
    this.box = box;
    this.openObject = openObject;
    this.items = new Map(); // by their rows in the document
    box.addEventListener("keydown", (event) => this.keydown(event));
    box.addEventListener("click", (event) => this.click(event));
  }

  async show(items) {
    this.items.clear();
    this.box.replaceChildren();
    this.insert(items, null, null, 0);
    this.focusable()[0]?.setAttribute("tabindex", "0");
    await Promise.all(items.map((item) => item.open && this.open(item)));
  }

  focusable() {
    return [...this.box.querySelectorAll("[role=treeitem]")];
  }

  // insert puts a page of items, from number first on, after a row: null for the beginning.
  insert(items, parent, after, first) {
    const rows = items
      .slice(first, first + pageOfItems)
      .map((item, i) => this.row(item, parent, first + i, items.length));
    const rest = items.length - first - pageOfItems;
    if (rest > 0) {
      const of = rest > pageOfItems ? ` of ${rest.toLocaleString("en")}` : "";
      const more = {
        name: "",
        text: `show ${Math.min(rest, pageOfItems)} more${of}`,
        className: "more",
        items,
        next: first + pageOfItems,
      };
      rows.push(this.row(more, parent, first + pageOfItems, items.length));
    }
    if (after) after.after(...rows);
    else this.box.prepend(...rows);
    return rows;
  }

  row(item, parent, index, count) {
    item.parent = parent;
    item.level = parent ? parent.level + 1 : 1;
    const row = element("div", { className: `item ${item.className || ""}`, role: "treeitem", tabIndex: -1 });
    row.setAttribute("aria-level", item.level);
    row.setAttribute("aria-posinset", index + 1);
    row.setAttribute("aria-setsize", count);
    row.style.setProperty("--level", item.level - 1);
    const again = item.row && this.ancestor(item);
    if (again) item.again = again;
    else if (item.children) row.setAttribute("aria-expanded", "false");
    row.append(...itemContent(item));
    item.element = row;
    this.items.set(row, item);
    return row;
  }

  // ancestor returns the item above this one that has the same value: it is a cycle.
  ancestor(item) {
    for (let a = item.parent; a; a = a.parent) if (a.row === item.row) return a;
    return null;
  }

  async open(item) {
    if (!item.children || item.again || item.isOpen || item.opening) return;
    item.opening = true;
    item.element.setAttribute("aria-busy", "true");
    let items;
    try {
      items = await item.children();
    } finally {
      item.opening = false;
      item.element.removeAttribute("aria-busy");
    }
    if (!item.element.isConnected) return; // another frame was selected meanwhile
    item.isOpen = true;
    item.element.setAttribute("aria-expanded", "true");
    this.insert(items, item, item.element, 0);
  }

  close(item) {
    if (!item.isOpen) return;
    item.isOpen = false;
    item.element.setAttribute("aria-expanded", "false");
    for (let row = item.element.nextElementSibling; row && this.items.get(row).level > item.level;) {
      const next = row.nextElementSibling;
      this.items.delete(row);
      row.remove();
      row = next;
    }
  }

  focus(row) {
    if (!row) return;
    this.box.querySelector("[tabindex='0']")?.setAttribute("tabindex", "-1");
    row.setAttribute("tabindex", "0");
    // Only this row shows its text whole. That mustn't follow from the focus: pressing a mouse button
    // moves that, the rows below would move, and the button would be released on another one.
    this.box.querySelector(".whole-text")?.classList.remove("whole-text");
    row.classList.add("whole-text");
    row.focus();
  }

  // use does what Enter and a click do.
  use(item) {
    if (item.again) this.focus(item.again.element);
    else if (item.items) this.showMore(item);
    else if (item.isOpen) this.close(item);
    else this.open(item);
  }

  showMore(item) {
    const rows = this.insert(item.items, item.parent, item.element, item.next);
    this.items.delete(item.element);
    item.element.remove();
    this.focus(rows[0]);
  }

  click(event) {
    const row = event.target.closest("[role=treeitem]");
    if (!row) return;
    const item = this.items.get(row);
    if (event.target.closest(".look")) {
      this.openObject(item.row);
      return;
    }
    if (getSelection().toString() && !event.target.closest(".mark")) return; // the reader copies text
    this.focus(row);
    this.use(item);
  }

  keydown(event) {
    const row = event.target.closest("[role=treeitem]");
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    const item = this.items.get(row);
    switch (event.key) {
      case "ArrowDown":
        this.focus(row.nextElementSibling);
        break;
      case "ArrowUp":
        this.focus(row.previousElementSibling);
        break;
      case "Home":
        this.focus(this.focusable()[0]);
        break;
      case "End":
        this.focus(this.focusable().at(-1));
        break;
      case "ArrowRight":
        if (item.isOpen) this.focus(row.nextElementSibling);
        else this.open(item);
        break;
      case "ArrowLeft":
        if (item.isOpen) this.close(item);
        else this.focus(item.parent?.element);
        break;
      case "Enter":
      case " ":
        this.use(item);
        break;
      case "o":
        if (!item.row) return;
        this.openObject(item.row);
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}

// itemContent is what a row of a tree shows.
function itemContent(item) {
  const span = (className, text, title) =>
    text ? element("span", { className, title: title || "" }, text) : null;
  const [type, whole] = item.type || ["", ""];
  const shown = type && !item.text.startsWith(type);
  return [
    element("span", { className: "mark", ariaHidden: "true" }),
    span("name", item.name),
    item.name && item.text ? element("span", { className: "dim" }, " = ") : null,
    span(`value ${item.valueClass || ""}`, item.text),
    shown ? span("type", type, whole) : null,
    item.again ? span("again", `the same as ${item.again.name} above`) : null,
    span("note", item.note),
    item.row ? element("span", { className: "look", title: "Look at it by itself (o)" }, "↗") : null,
  ].filter(Boolean);
}
