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
  const head = (id, className) =>
    svg(
      "marker",
      {
        id,
        viewBox: "0 0 8 8",
        refX: 7,
        refY: 4,
        markerWidth: 7,
        markerHeight: 7,
        orient: "auto-start-reverse",
      },
      svg("path", { d: "M0 0L8 4L0 8z", class: className }),
    );
  return svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, width, height, class: "graph", role: "group", "aria-label": title },
    svg("defs", {}, head("arrow-waits", "waits"), head("arrow-holds", "holds")),
  );
}

const clipped = (text, letters) => (text.length > letters ? `${text.slice(0, letters - 1)}…` : text);

// box draws a box with two lines of text; a link if it has one.
function graphBox(x, y, width, className, title, text, href) {
  const letters = Math.floor((width - 20) / 7.3);
  const shape = svg(
    "g",
    { class: `box ${className}`, transform: `translate(${x} ${y})` },
    svg("title", {}, `${title}\n${text}`),
    svg("rect", { width, height: 44, rx: className.includes("thing") ? 22 : 6 }),
    svg("text", { x: width / 2, y: 18, class: "first" }, clipped(title, letters)),
    svg("text", { x: width / 2, y: 34 }, clipped(text, letters)),
  );
  return href ? svg("a", { href, "aria-label": `${title}, ${text}` }, shape) : shape;
}

// cycleGraph draws goroutines that wait for each other in a ring.
function cycleGraph(links) {
  const most = 12;
  const shown = links.slice(0, most);
  const n = shown.length;
  const width = 180;
  const [rx, ry] = n === 1 ? [0, 0] : n === 2 ? [170, 0] : [Math.max(200, n * 54), Math.max(100, n * 30)];
  const [marginX, marginY] = [width / 2 + 6, n === 1 ? 90 : n === 2 ? 70 : 30];
  const all = drawing(
    2 * (rx + marginX),
    2 * (ry + marginY),
    `${counted(links.length, "goroutine")} in a circle`,
  );
  const at = shown.map((_, i) => {
    const angle = Math.PI + (2 * Math.PI * i) / n;
    return { x: rx + marginX + rx * Math.cos(angle), y: ry + marginY + ry * Math.sin(angle) };
  });
  shown.forEach((link, i) => all.append(...cycleArrow(at[i], at[(i + 1) % n], n, link.thing)));
  shown.forEach((link, i) =>
    all.append(
      graphBox(
        at[i].x - width / 2,
        at[i].y - 22,
        width,
        "goroutine stuck",
        `goroutine ${link.id}`,
        link.at ? shortName(link.at.f) : "",
        frameHash(link.id),
      ),
    ),
  );
  return all;
}

// cycleArrow draws an arrow from the box around one point to that around the next. Two goroutines
// have two bent arrows, and one that waits for itself a loop.
function cycleArrow(from, to, n, label) {
  const text = (x, y) => svg("text", { x, y, class: "label" }, clipped(label, 26));
  const line = (d) => svg("path", { d, class: "edge waits", "marker-end": "url(#arrow-waits)" });
  if (n === 1)
    return [line(`M${from.x + 50} ${from.y - 22}c10 -60 -110 -60 -100 -3`), text(from.x, from.y - 72)];
  if (n === 2) {
    const up = from.x < to.x ? -1 : 1;
    const toward = Math.sign(to.x - from.x) * 40;
    const middle = (from.x + to.x) / 2;
    return [
      line(
        `M${from.x + toward} ${from.y + up * 24}Q${middle} ${from.y + up * 70} ${to.x - toward} ${to.y + up * 25}`,
      ),
      text(middle, from.y + up * 52 + 4),
    ];
  }
  // Where the line between the centers leaves a box of 184 by 48.
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const part = Math.min(92 / Math.abs(dx || 1e-9), 25 / Math.abs(dy || 1e-9));
  return [
    line(`M${from.x + dx * part} ${from.y + dy * part}L${to.x - dx * part} ${to.y - dy * part}`),
    text((from.x + to.x) / 2, (from.y + to.y) / 2 + 4),
  ];
}

// The drawing of rows has goroutines on the left, what they wait for in the middle, and on the right
// goroutines that hold it and don't wait themselves.
const columns = [0, 370, 760];
const boxWidth = 260;
const lineHeight = 62;
const lineTop = (n) => 4 + n * lineHeight;

// waitsGraph draws who waits for what. A dashed arrow leads from a thing to its holder. It returns
// the drawing, and how many rows aren't in it.
function waitsGraph(rows) {
  const most = 30;
  const all = rows.filter((row) => row.things);
  const shown = all.slice(0, most);
  const { things, holders, rowOf } = numbersOf(shown);
  const height = Math.max(shown.length, things.size, holders.size) * lineHeight + 8;
  const width = holders.size ? columns[2] + boxWidth + 2 : columns[1] + boxWidth + 60;
  const picture = drawing(width, height, "Who waits for what");
  shown.forEach((row, i) => picture.append(...rowArrows(row, i, things, holders, rowOf)));
  shown.forEach((row, i) => picture.append(rowBox(row, i)));
  for (const thing of things.values()) {
    const kind = thing.stuck ? "thing stuck" : "thing";
    const state = thing.state || (thing.own ? "one of their own" : "");
    picture.append(graphBox(columns[1], lineTop(thing.line), boxWidth, kind, shortName(thing.name), state));
  }
  for (const [id, line] of holders) {
    picture.append(
      graphBox(columns[2], lineTop(line), boxWidth, "goroutine", `goroutine ${id}`, "", frameHash(id)),
    );
  }
  return { drawing: picture, left: all.length - shown.length };
}

const thingsOfRow = 3; // channels of a select that are drawn

// numbersOf returns on which line of its column each thing and each other holder is, and in which
// row each goroutine.
function numbersOf(shown) {
  const things = new Map();
  const holders = new Map();
  const rowOf = new Map();
  shown.forEach((row, i) => row.ids.forEach((id) => rowOf.set(String(id), i)));
  for (const row of shown) {
    for (const thing of row.things.slice(0, thingsOfRow)) {
      if (!things.has(thing.key)) things.set(thing.key, { ...thing, line: things.size });
    }
    for (const { id } of row.holders || []) {
      if (!rowOf.has(String(id)) && !holders.has(String(id))) holders.set(String(id), holders.size);
    }
  }
  return { things, holders, rowOf };
}

function rowBox(row, i) {
  const kind = row.things.some((t) => t.stuck) ? "goroutine stuck" : "goroutine";
  const title = row.count === 1 ? `goroutine ${row.ids[0]}` : counted(row.count, "goroutine");
  const place = row.at[0]?.at ? shortName(row.at[0].at.f) : "";
  return graphBox(columns[0] + 1, lineTop(i), boxWidth, kind, title, place, frameHash(row.ids[0]));
}

// rowArrows draws the arrows from a row to its things, and from the first of these to its holders.
function rowArrows(row, i, things, holders, rowOf) {
  const curve = (x1, y1, x2, y2, className, sag = 0) => {
    const middle = (x1 + x2) / 2;
    const d = `M${x1} ${y1}C${middle} ${y1 + sag} ${middle} ${y2 + sag} ${x2} ${y2}`;
    return svg("path", { class: `edge ${className}`, d, "marker-end": `url(#arrow-${className})` });
  };
  const right = (column) => columns[column] + boxWidth + 2;
  const arrows = row.things
    .slice(0, thingsOfRow)
    .map((thing) =>
      curve(right(0), lineTop(i) + 22, columns[1] - 2, lineTop(things.get(thing.key).line) + 22, "waits"),
    );
  const top = lineTop(things.get(row.things[0].key).line);
  for (const { id } of row.holders || []) {
    const own = rowOf.get(String(id));
    if (own !== undefined)
      arrows.push(curve(columns[1] + 10, top + 40, right(0), lineTop(own) + 36, "holds", 14));
    else
      arrows.push(curve(right(1), top + 22, columns[2] - 2, lineTop(holders.get(String(id))) + 22, "holds"));
  }
  return arrows;
}
