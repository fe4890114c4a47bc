// The page: what is selected, the views, the keys.
//
// The part of the address after # says what is shown, so that the browser's Back leads back, and an
// address leads to a place: #g=17&f=2 is frame 2 of goroutine 17, &o=345 value 345 beside it.

const page = {
  head: null,
  goroutines: null,
  stack: null,
  source: null,
  tree: null,
  order: new Map(),
  shown: {},
  turn: 0, // counts what was asked for: what comes late isn't shown
};

async function start() {
  theme();
  keys();
  const head = (page.head = await readBlock("head"));
  if (!head) throw new Error("the file was cut");
  showHead(head);
  page.stack = new Stack((frame) => go({ f: frame }));
  page.source = new Source(head.files, openVariable);
  page.tree = new Tree(byId("variables"), (row) => go({ o: row }));
  const groups = await readBlock("groups");
  groups.order.forEach((id, i) => page.order.set(String(id), i));
  page.goroutines = new Goroutines(groups, (id) => go({ g: id, f: undefined }));
  byId("search").addEventListener("input", (event) => page.goroutines.search(event.target.value));
  byId("search").addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "Enter") {
      event.preventDefault();
      byId("goroutines").focus();
    }
  });
  addEventListener("hashchange", route);
  await route();
  document.documentElement.dataset.ready = "true";
  await counts();
}

function showHead(head) {
  document.title = `${head.text.split("\n")[0]} - coredumpy`;
  byId("reason").textContent = head.text;
  byId("reason-about").textContent = head.about || "";
  byId("top").classList.toggle("calm", Boolean(head.healthy));
  byId("origin").textContent = [head.dump, ...head.origin].join(" · ");
  if (head.top)
    byId("at").append(
      "at ",
      element("b", { title: head.top.f }, shortName(head.top.f)),
      element("span", { className: "dim" }, ` ${head.top.p}:${head.top.l}`),
    );
  if (head.value) byId("at").append(element("div", {}, "value: ", element("code", {}, head.value)));
  const alerts = [...(head.damaged || []).map((d) => `damaged: ${d}`), head.failed].filter(Boolean);
  byId("alert").textContent = alerts.join("; ");
}

// counts puts numbers beside the names of the views.
async function counts() {
  const waits = await readBlock("waits");
  if (waits?.findings.length) byId("waits-count").textContent = ` ${waits.findings.length}`;
  const { head } = page;
  const left = await notInPage();
  const notes = [head.notes, head.cuts, head.hidden, left].reduce((n, all) => n + (all || []).length, 0);
  if (notes) byId("about-count").textContent = ` ${notes}`;
}

// go selects something else: what isn't named stays.
function go(change) {
  const { g, f, o } = { ...page.shown, o: undefined, ...change };
  location.hash = frameHash(g, f) + (o ? `&o=${o}` : "");
}

// route shows what the address says.
async function route() {
  const hash = location.hash.slice(1);
  const view = hash === "waits" || hash === "about" ? hash : "stack";
  for (const name of ["stack", "waits", "about"]) {
    byId(`${name}-view`).hidden = name !== view;
    if (name === view) byId(`to-${name}`).setAttribute("aria-current", "page");
    else byId(`to-${name}`).removeAttribute("aria-current");
  }
  if (view === "waits") await waitsView(byId("waits-view"), page.head.dump);
  else if (view === "about") await aboutView(byId("about-view"), page.head);
  else await showFrame(new URLSearchParams(hash));
  if (view !== "stack") byId(`${view}-view`).focus({ preventScroll: true });
}

async function showFrame(wanted) {
  const id = wanted.get("g") ?? page.shown.g ?? page.head.current;
  if (id === undefined || id === null) {
    byId("stack-about").textContent = "there is no goroutine in the dump";
    return;
  }
  const turn = ++page.turn;
  const { goroutine, types } = await readGoroutine(id);
  if (turn !== page.turn) return;
  const first =
    String(id) === String(page.head.current) ? page.head.frame : (goroutine.user ?? userFrame(goroutine));
  const f = Math.min(Number(wanted.get("f") ?? first) || 0, Math.max(goroutine.frames.length - 1, 0));
  const o = Number(wanted.get("o")) || undefined;
  const same = page.shown.goroutine === goroutine && page.shown.f === f;
  page.shown = { g: goroutine.id, f, o, goroutine };
  page.goroutines.select(goroutine.id);
  if (!same) {
    const frame = goroutine.frames[f];
    page.stack.show(goroutine, f);
    byId("values-about").textContent = frame ? `of ${shortName(frame.f || "?")}` : "";
    await Promise.all([page.source.show(frame), page.tree.show(frameItems(goroutine, frame, types))]);
  }
  if (turn === page.turn) await showObject(o, turn);
}

async function showObject(o, turn) {
  const box = byId("object");
  box.hidden = !o;
  if (!o) return box.replaceChildren();
  const tree = (e) => new Tree(e, (row) => go({ f: page.shown.f, o: row }));
  const panel = await objectPanel(o, page.head.dump, tree, () => go({ f: page.shown.f }));
  if (turn !== page.turn) return;
  box.replaceChildren(...panel.filter(Boolean));
  (box.querySelector("[role=treeitem]") || box.querySelector("button")).focus();
}

// readGoroutine returns a goroutine with its variables, or one made of its group: a page may have
// no room for the variables of all.
async function readGoroutine(id) {
  const found = page.order.has(String(id)) ? await readRow("goroutine", page.order.get(String(id))) : null;
  if (found) return { goroutine: found.row, types: found.types };
  const group = page.goroutines.groupOf.get(String(id));
  const { names } = page.goroutines.all;
  if (!group)
    return {
      goroutine: { id, status: "", frames: [], note: `goroutine ${id} isn't in this page` },
      types: [],
    };
  const note = "its variables aren't in this page: coredumpy load shows them";
  return {
    types: [],
    goroutine: {
      id,
      status: group.status,
      user: group.user,
      by: group.by,
      note,
      frames: (group.frames || []).map(([f, p, l]) => ({ f: names[f], p: names[p], l, note })),
    },
  };
}

// userFrame is the frame to look at first: the one that says most.
const userFrame = (goroutine) => page.goroutines.groupOf.get(String(goroutine.id))?.user ?? 0;

// openVariable goes to a variable of the frame.
function openVariable(name) {
  const row = [...page.tree.items].find(([, item]) => item.variable === name)?.[0];
  row?.scrollIntoView({ block: "center" });
  page.tree.focus(row);
}

// theme sets dark or light: what the reader chose before, or what the system has.
function theme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  try {
    chosen = localStorage.getItem("coredumpy-theme");
  } catch {
    // A page of a file may have no storage.
  }
  const set = (value) => {
    chosen = value;
    if (value) document.documentElement.dataset.theme = value;
    byId("theme").textContent = isDark() ? "Light" : "Dark";
  };
  const isDark = () => (chosen ? chosen === "dark" : dark.matches);
  set(["dark", "light"].includes(chosen) ? chosen : null);
  dark.addEventListener("change", () => set(chosen));
  byId("theme").addEventListener("click", () => {
    set(isDark() ? "light" : "dark");
    try {
      localStorage.setItem("coredumpy-theme", chosen);
    } catch {
      // It is for this time only.
    }
  });
}

// keys makes the keys work that the dialog lists.
function keys() {
  const focus = (id) => () => byId(id).focus();
  const focusTree = () => page.tree.focus(byId("variables").querySelector("[tabindex='0']"));
  const move = (by) => () => {
    const f = page.shown.f + by;
    if (f >= 0 && f < page.shown.goroutine.frames.length) go({ f });
  };
  const actions = {
    "/": focus("search"),
    g: focus("goroutines"),
    s: focus("stack"),
    c: focus("source"),
    v: focusTree,
    u: move(1),
    d: move(-1),
    t: () => byId("theme").click(),
    "?": () => byId("keys").showModal(),
    1: () => (location.hash = page.shown.g === undefined ? "stack" : frameHash(page.shown.g, page.shown.f)),
    2: () => (location.hash = "waits"),
    3: () => (location.hash = "about"),
  };
  byId("help").addEventListener("click", actions["?"]);
  byId("to-stack").addEventListener("click", (event) => {
    event.preventDefault();
    actions[1]();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, dialog");
    if (typing || event.altKey || event.ctrlKey || event.metaKey || !byId("single").checked) {
      if (event.key === "Escape" && event.target === byId("search")) byId("goroutines").focus();
      return;
    }
    const action = page.head && Object.hasOwn(actions, event.key) ? actions[event.key] : null;
    if (!action) return;
    const elsewhere = "/gscvud".includes(event.key) && byId("stack-view").hidden;
    event.preventDefault();
    if (!elsewhere) action();
  });
}

// What can't be read, because the file was cut or changed, is said.
addEventListener("unhandledrejection", (event) => {
  byId("alert").textContent = `A part of this page can't be read: ${event.reason?.message || event.reason}`;
});

start().catch((err) => {
  byId("reason").textContent = "This page can't be shown";
  byId("alert").textContent =
    typeof DecompressionStream === "undefined"
      ? "The browser is too old: it has no DecompressionStream."
      : String(err.message || err);
});
