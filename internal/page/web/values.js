// Variables, and the values that they lead to.

const roles = [
  ["arg", "Arguments"],
  ["result", "Results"],
  ["", "Locals"],
  ["captured", "Captured"],
  ["given", "Given by the program"],
];

// partItem makes an item of a tree from a part of a row.
function partItem(part, types) {
  const item = {
    name: part.outer ? `(${part.n})` : part.n,
    text: part.v,
    type: part.k === "piece" ? null : types[part.t],
    valueClass: part.k === "piece" ? "dim" : part.c,
    note: [
      part.o,
      part.outer ? "an inner variable of this name hides it" : "",
      part.x ? "what it holds isn't in this page" : "",
    ]
      .filter(Boolean)
      .join("; "),
    row: part.r,
    variable: part.n,
  };
  if (part.r) item.children = () => rowItems(part.r);
  return item;
}

const plainItem = (name, text, className = "plain") => ({ name, text, className });

// readValue returns the row of a value. The pieces of long lists have negative numbers.
const readValue = (number) => (number > 0 ? readRow("value", number) : readRow("piece", -number));

// rowItems returns the items for a value's facts and parts.
async function rowItems(number) {
  const found = await readValue(number);
  if (!found)
    return [plainItem("", "not in this page: it is far from all variables; coredumpy load shows it")];
  const { row, types } = found;
  const items = (row.facts || [])
    .filter(([label]) => label !== "length" && label !== "capacity")
    .map(([label, text]) => plainItem(label, text));
  if (row.s !== undefined) items.push(plainItem("", row.s, "whole"));
  items.push(...(row.p || []).map((part) => partItem(part, types)));
  if (row.more)
    items.push(
      plainItem("", `${row.more.toLocaleString("en")} more: not in this page, coredumpy load shows them`),
    );
  return items;
}

// frameItems returns the items for the variables of a frame, by their roles.
function frameItems(goroutine, frame, types) {
  const items = [];
  const section = (name, parts, open = true) =>
    items.push({
      name,
      text: "",
      className: "section",
      open,
      children: async () => parts.map((p) => partItem(p, types)),
    });
  if (goroutine.panic) section("Panic", goroutine.panic);
  const unnamed = (v) => v.n.startsWith("~"); // the compiler's names, such as ~r0
  for (const [role, title] of roles) {
    const parts = (frame?.vars || []).filter((v) => (v.k || "") === role && !unnamed(v));
    if (parts.length) section(title, parts);
  }
  const rest = (frame?.vars || []).filter(unnamed);
  if (rest.length) section("Unnamed", rest, false);
  if (frame && !frame.vars)
    items.push(plainItem("", frame.note ? `no variables: ${frame.note}` : "no variables"));
  else if (frame?.note) items.push(plainItem("", frame.note));
  if (frame?.left) items.push(plainItem("", `${counted(frame.left, "more variable")}: not in this page`));
  if (blocksOf("global").length || !isComplete()) {
    items.push({
      name: "Package variables",
      text: "",
      className: "section",
      children: () => packageItems(frame),
    });
  }
  return items;
}

// packageItems returns an item for each package with variables, that of the frame first.
async function packageItems(frame) {
  await complete;
  const packages = new Map();
  for (const { element: e } of blocksOf("global")) {
    const { rows, types } = await unpack(e);
    for (const part of rows) {
      const dot = part.n.lastIndexOf(".");
      const name = part.n.slice(0, Math.max(dot, 0));
      if (!packages.has(name)) packages.set(name, []);
      packages.get(name).push(partItem({ ...part, n: part.n.slice(dot + 1) }, types));
    }
  }
  if (!packages.size) return [plainItem("", "none in the dump")];
  const own = [...packages.keys()]
    .filter((name) => frame?.f?.startsWith(name + "."))
    .sort((a, b) => b.length - a.length)[0];
  return [...packages]
    .sort(([a], [b]) => (b === own) - (a === own) || a.localeCompare(b))
    .map(([name, items]) => ({
      name: name || "?",
      text: counted(items.length, "variable"),
      valueClass: "dim",
      children: async () => items,
    }));
}

// objectPanel shows a value by itself.
async function objectPanel(number, dump, tree, close) {
  const found = await readValue(number);
  const button = element(
    "button",
    { type: "button", className: "small", ariaLabel: "Close this value" },
    "Close",
  );
  button.addEventListener("click", close);
  if (!found) return [element("p", {}, "This value isn't in the page. ", button)];
  const { row, types } = found;
  const command = row.x ? (row.g ? `goroutine ${row.g} frame ${row.f || 0} p ${row.x}` : `p ${row.x}`) : "";
  const facts = element("dl", {});
  const fact = (label, ...content) => facts.append(element("dt", {}, label), element("dd", {}, ...content));
  if (row.a) fact("address", element("code", {}, row.a));
  if (row.g)
    fact(
      "found in",
      goroutineLink(row.g, row.f || 0, `goroutine ${row.g}, frame ${row.f || 0}`),
      row.x ? element("code", {}, ` ${row.x}`) : "",
    );
  else if (row.x) fact("found in", element("code", {}, row.x));
  for (const [label, text] of row.facts || []) fact(label, text);
  if (row.waiters) fact("waited for by", ...goroutineLinks(row.waiters, row.waiters.length));
  const box = element("div", { className: "tree", role: "tree", ariaLabel: "Parts of this value" });
  await tree(box).show(await rowItems(number));
  return [
    element("div", { className: "head" }, element("h3", { title: types[row.t][1] }, types[row.t][0]), button),
    facts,
    command ? commandLine(loadCommand(dump, command)) : "",
    box,
  ];
}
