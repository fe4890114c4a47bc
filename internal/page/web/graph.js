// Drawings of who waits for whom. The text beside them says the same.

const svgSpace = "http://www.w3.org/2000/svg";

function svg(tag, attributes = {}, ...children) {
  const e = document.createElementNS(svgSpace, tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  e.append(...children);
  return e;
}

// drawing is an SVG with arrowheads.
function drawing(width, height, title) {
  const head = (id, className) => svg("marker", { id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7,
    orient: "auto-start-reverse" }, svg("path", { d: "M0 0L8 4L0 8z", class: className }));
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, class: "graph", role: "group", "aria-label": title },
    svg("defs", {}, head("arrow-waits", "waits"), head("arrow-holds", "holds")));
}

const clipped = (text, letters) => (text.length > letters ? `${text.slice(0, letters - 1)}…` : text);

// box draws a box with two lines of text; a link if it has one.
function graphBox(x, y, width, className, title, text, href) {
  const letters = Math.floor((width - 20) / 7.3);
  const shape = svg("g", { class: `box ${className}`, transform: `translate(${x} ${y})` },
    svg("title", {}, `${title}\n${text}`),
    svg("rect", { width, height: 44, rx: className.includes("thing") ? 22 : 6 }),
    svg("text", { x: width / 2, y: 18, class: "first" }, clipped(title, letters)),
    svg("text", { x: width / 2, y: 34 }, clipped(text, letters)));
  return href ? svg("a", { href, "aria-label": `${title}, ${text}` }, shape) : shape;
}

// cycleGraph draws goroutines that wait for each other in a ring.
function cycleGraph(links) {
  const most = 12;
  const shown = links.slice(0, most);
  const n = shown.length;
  const width = 190;
  const [rx, ry] = n === 1 ? [0, 0] : [Math.max(170, n * 52), n === 2 ? 0 : Math.max(110, n * 30)];
  const center = { x: rx + width / 2 + 40, y: ry + 90 };
  const all = drawing(center.x * 2, center.y * 2, `${counted(links.length, "goroutine")} in a circle`);
  const at = shown.map((_, i) => {
    const angle = Math.PI + (2 * Math.PI * i) / n;
    return { x: center.x + rx * Math.cos(angle), y: center.y + ry * Math.sin(angle) };
  });
  shown.forEach((link, i) => all.append(...cycleArrow(at[i], at[(i + 1) % n], center, n, link.thing)));
  shown.forEach((link, i) => all.append(graphBox(at[i].x - width / 2, at[i].y - 22, width, "goroutine stuck",
    `goroutine ${link.id}`, link.at ? shortName(link.at.f) : "", frameHash(link.id))));
  return all;
}

// cycleArrow draws an arrow from one box of a ring to the next, outside of the ring.
function cycleArrow(from, to, center, n, label) {
  if (n === 1) {
    const d = `M${from.x + 60} ${from.y - 22}c20 -60 -140 -60 -120 -3`;
    return [svg("path", { d, class: "edge waits", "marker-end": "url(#arrow-waits)" }),
      svg("text", { x: from.x, y: from.y - 60, class: "label" }, clipped(label, 26))];
  }
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  let out = { x: middle.x - center.x, y: middle.y - center.y };
  if (n === 2) out = { x: 0, y: from.x < to.x ? -1 : 1 };
  const size = Math.hypot(out.x, out.y) || 1;
  const bend = n === 2 ? 110 : 46;
  const turn = { x: middle.x + (out.x / size) * bend, y: middle.y + (out.y / size) * bend };
  const edge = (p) => ({ x: p.x + Math.max(-80, Math.min(80, turn.x - p.x)), y: p.y + (turn.y < p.y - 10 ? -24 : turn.y > p.y + 10 ? 24 : 0) });
  const [a, b] = [edge(from), edge(to)];
  return [svg("path", { d: `M${a.x} ${a.y}Q${turn.x} ${turn.y} ${b.x} ${b.y}`, class: "edge waits", "marker-end": "url(#arrow-waits)" }),
    svg("text", { x: (middle.x + turn.x) / 2, y: (middle.y + turn.y) / 2 + (out.y < 0 ? -8 : 14), class: "label" }, clipped(label, 26))];
}

// waitsGraph draws rows: goroutines on the left, what they wait for in the middle, and on the right
// goroutines that hold it and don't wait themselves. A dashed arrow leads from a thing to its holder.
function waitsGraph(rows) {
  const most = 30;
  const shown = rows.filter((row) => row.things).slice(0, most);
  const things = new Map();
  const holders = new Map();
  const rowOf = new Map();
  shown.forEach((row, i) => row.ids.forEach((id) => rowOf.set(String(id), i)));
  for (const row of shown) {
    for (const thing of row.things.slice(0, 3)) if (!things.has(thing.key)) things.set(thing.key, { ...thing, n: things.size });
    for (const h of row.holders || []) if (!rowOf.has(String(h.id)) && !holders.has(String(h.id))) holders.set(String(h.id), holders.size);
  }
  const columns = [0, 370, 760];
  const [width, step] = [260, 62];
  const height = Math.max(shown.length, things.size, holders.size) * step + 8;
  const total = holders.size ? columns[2] + width + 2 : columns[1] + width + 60;
  const all = drawing(total, height, "Who waits for what");
  const y = (n) => 4 + n * step;
  const curve = (x1, y1, x2, y2, className, sag = 0) => svg("path", { class: `edge ${className}`,
    d: `M${x1} ${y1}C${(x1 + x2) / 2} ${y1 + sag} ${(x1 + x2) / 2} ${y2 + sag} ${x2} ${y2}`, "marker-end": `url(#arrow-${className})` });
  shown.forEach((row, i) => {
    for (const thing of row.things.slice(0, 3)) {
      all.append(curve(columns[0] + width + 2, y(i) + 22, columns[1] - 2, y(things.get(thing.key).n) + 22, "waits"));
    }
    const thing = things.get(row.things[0].key);
    for (const h of row.holders || []) {
      const own = rowOf.get(String(h.id));
      if (own !== undefined) all.append(curve(columns[1] + 10, y(thing.n) + 40, columns[0] + width + 2, y(own) + 36, "holds", 14));
      else all.append(curve(columns[1] + width + 2, y(thing.n) + 22, columns[2] - 2, y(holders.get(String(h.id))) + 22, "holds"));
    }
  });
  shown.forEach((row, i) => all.append(graphBox(columns[0] + 1, y(i), width, row.things.some((t) => t.stuck) ? "goroutine stuck" : "goroutine",
    row.count === 1 ? `goroutine ${row.ids[0]}` : counted(row.count, "goroutine"),
    row.at[0]?.at ? shortName(row.at[0].at.f) : "", frameHash(row.ids[0]))));
  for (const thing of things.values()) {
    all.append(graphBox(columns[1], y(thing.n), width, thing.stuck ? "thing stuck" : "thing", shortName(thing.name),
      thing.state || (thing.own ? "one of their own" : "")));
  }
  for (const [id, n] of holders) all.append(graphBox(columns[2], y(n), width, "goroutine", `goroutine ${id}`, "", frameHash(id)));
  return { drawing: all, left: rows.filter((row) => row.things).length - shown.length };
}
