// The list of goroutines: a row for each group of those that do the same at the same place, and
// below an open one its goroutines.

class Goroutines {
  // choose(id) is called when a goroutine is chosen.
  constructor(all, choose) {
    this.all = all;
    this.choose = choose;
    this.open = new Set(); // groups
    this.current = null; // the id that is selected
    this.labels = new Map((all.labels || []).map((l) => [String(l.id), l.text]));
    this.groupOf = new Map();
    for (const group of all.groups) {
      group.text = this.searched(group);
      for (const id of group.ids) this.groupOf.set(String(id), group);
    }
    this.list = new List(byId("goroutines"), {
      height: 46,
      render: (index, row) => this.render(this.rows[index], row),
      choose: (index) => this.use(this.rows[index]),
      key: (event, index) => this.key(event, this.rows[index]),
    });
    this.search("");
  }

  // searched is the text in which words are looked for.
  searched(group) {
    const names = (group.frames || []).map((f) => this.all.names[f[0]]);
    return [group.status, ...names, group.by?.f || ""].join("\n").toLowerCase();
  }

  // search shows the groups and goroutines that match each word of a query.
  search(query) {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    this.found = [];
    let goroutines = 0;
    for (const group of this.all.groups) {
      const left = words.filter((word) => !group.text.includes(word));
      const ids = left.length
        ? group.ids.filter((id) => left.every((word) => this.matches(id, word)))
        : group.ids;
      if (!ids.length) continue;
      goroutines += ids.length + (left.length ? 0 : group.more || 0);
      this.found.push({ group, ids });
    }
    byId("goroutines-count").textContent =
      words.length || this.found.length !== goroutines
        ? `${goroutines.toLocaleString("en")} in ${counted(this.found.length, "group")}`
        : goroutines.toLocaleString("en");
    this.layOut();
  }

  matches(id, word) {
    return (
      String(id) === word.replace(/^#/, "") ||
      (this.labels.get(String(id)) || "").toLowerCase().includes(word)
    );
  }

  // layOut makes the rows of the list.
  layOut(active = 0) {
    this.rows = [];
    for (const { group, ids } of this.found) {
      this.rows.push({ group, ids });
      if (this.open.has(group)) this.rows.push(...ids.map((id) => ({ group, id })));
    }
    this.list.reset(this.rows.length, this.rows.length ? active : -1);
  }

  render(shown, row) {
    const { group, ids, id } = shown;
    const of = (one) => this.current !== null && String(one) === String(this.current);
    if (id !== undefined) {
      row.classList.add("member");
      row.setAttribute("aria-selected", of(id));
      row.append(
        element("span", { className: "title" }, `goroutine ${id}`),
        element("span", { className: "dim" }, this.labels.get(String(id)) || ""),
      );
      return;
    }
    const frame = group.frames?.[group.user];
    const name = frame ? shortName(this.all.names[frame[0]]) : "no frames";
    const count = ids.length + (ids === group.ids ? group.more || 0 : 0);
    row.setAttribute("aria-selected", ids.some(of));
    row.classList.toggle("system", Boolean(group.system));
    row.append(
      element("span", { className: "title", title: frame ? this.all.names[frame[0]] : "" }, name),
      element("span", { className: "dim" }, group.status + (group.wait ? `, ${group.wait}` : "")),
      count > 1
        ? element(
            "span",
            { className: "count" },
            `${this.open.has(group) ? "▾" : "▸"} ${count.toLocaleString("en")}`,
          )
        : element("span", { className: "count plain" }, `#${ids[0]}`),
    );
    row.setAttribute(
      "aria-label",
      `${count > 1 ? counted(count, "goroutine") : `goroutine ${ids[0]}`}, ` +
        `${group.status}, in ${name}` +
        (count > 1 ? (this.open.has(group) ? ", open" : ", closed") : ""),
    );
  }

  use({ group, ids, id }) {
    if (id !== undefined) this.choose(id);
    else if (ids.length > 1 && !ids.some((i) => String(i) === String(this.current))) this.choose(ids[0]);
    else if (ids.length > 1) this.toggle(group);
    else this.choose(ids[0]);
  }

  toggle(group, open = !this.open.has(group)) {
    if (open) this.open.add(group);
    else this.open.delete(group);
    this.layOut(
      this.found
        .slice(
          0,
          this.found.findIndex((f) => f.group === group),
        )
        .reduce((n, f) => n + 1 + (this.open.has(f.group) ? f.ids.length : 0), 0),
    );
    this.list.activate(this.list.active);
  }

  key(event, shown) {
    if (!shown || !["ArrowRight", "ArrowLeft"].includes(event.key)) return false;
    if (shown.group.ids.length > 1) this.toggle(shown.group, event.key === "ArrowRight");
    return true;
  }

  // select marks the goroutine that is shown.
  select(id) {
    this.current = id;
    const index = this.rows.findIndex((r) =>
      r.id !== undefined
        ? String(r.id) === String(id)
        : !this.open.has(r.group) && r.ids.some((i) => String(i) === String(id)),
    );
    this.list.redraw();
    if (index >= 0) this.list.activate(index);
  }
}
