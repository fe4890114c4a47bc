// The view of who waits for whom.

async function waitsView(box, dump) {
  const content = await readBlock("waits");
  if (!content) {
    box.replaceChildren(element("p", {}, "The page says nothing about waiting."));
    return;
  }
  const { findings, rows } = content;
  const parts = [element("h2", {}, "Who waits for whom")];
  if (content.failed) parts.push(element("p", { className: "warn" }, content.failed));
  if (!findings.length) parts.push(element("p", {}, "No sign of a deadlock."));
  for (const finding of findings) parts.push(findingCard(finding));
  if (content.unknown) parts.push(element("p", { className: "dim" }, `(${content.unknown})`));
  if (rows.length) {
    const { drawing: picture, left } = waitsGraph(rows);
    if (picture.childElementCount > 1) {
      parts.push(
        element("h2", {}, "All that wait"),
        element(
          "p",
          { className: "legend" },
          element("span", { className: "solid" }),
          " waits for ",
          element("span", { className: "dashed" }),
          " probably locked by",
        ),
        element(
          "div",
          { className: "drawing", tabIndex: 0, role: "region", ariaLabel: "Drawing of who waits for what" },
          picture,
        ),
      );
    }
    if (left > 0) parts.push(element("p", { className: "dim" }, `${left} more below`));
    parts.push(element("ul", { className: "rows" }, ...rows.map((row) => waitsItem(row, dump))));
  }
  if (content.left) parts.push(element("p", {}, `${content.left} more: coredumpy load, then waits -v`));
  parts.push(...othersList(content.others));
  box.replaceChildren(...parts);
}

function findingCard(finding) {
  const card = element(
    "div",
    { className: "card" },
    element("p", {}, element("strong", {}, finding.title), `: ${finding.text}`),
  );
  if (finding.links) {
    card.append(
      element(
        "div",
        { className: "circle" },
        element(
          "div",
          { className: "drawing", tabIndex: 0, role: "region", ariaLabel: "Drawing of the circle" },
          cycleGraph(finding.links),
        ),
        element(
          "ol",
          {},
          ...finding.links.map((link) =>
            element(
              "li",
              {},
              goroutineLink(link.id),
              ` ${link.text}`,
              link.at
                ? element("div", { className: "dim" }, `at ${shortName(link.at.f)} (${placeText(link.at)})`)
                : "",
            ),
          ),
        ),
      ),
    );
  }
  if (finding.at) card.append(element("ul", {}, ...finding.at.map(waiterItem)));
  return card;
}

const waiterItem = (w) =>
  element(
    "li",
    {},
    ...goroutineLinks(w.ids, w.count),
    w.at ? element("span", { className: "dim" }, ` at ${shortName(w.at.f)} (${placeText(w.at)})`) : "",
  );

function waitsItem(row, dump) {
  const names = (row.things || [])
    .map((t) => (t.own ? "one of their own, such as " : "") + t.name + (t.state ? ` ${t.state}` : ""))
    .join(", ");
  const item = element(
    "li",
    {},
    element("p", {}, row.text, names ? element("code", {}, ` ${names}`) : ""),
    element("ul", {}, ...row.at.map(waiterItem)),
  );
  for (const h of row.holders || []) {
    item.append(
      element("p", {}, "probably locked by ", goroutineLink(h.id), h.text.slice(`goroutine ${h.id}`.length)),
    );
  }
  if (row.refs) {
    item.append(
      element(
        "p",
        {},
        "referred to by ",
        ...row.refs.flatMap((r, i) => [
          i ? ", " : "",
          r.id === undefined ? "" : goroutineLink(r.id, r.frame, `goroutine ${r.id} frame ${r.frame}`),
          element("code", {}, ` ${r.name}`),
        ]),
      ),
    );
  }
  if (row.command) item.append(commandLine(loadCommand(dump, row.command)));
  return item;
}

function othersList(others) {
  if (!others.length) return [];
  return [
    element("h2", {}, "Others"),
    element(
      "ul",
      {},
      ...others.map((o) =>
        element("li", {}, `${o.count.toLocaleString("en")} ${o.does}: `, ...goroutineLinks(o.ids, o.count)),
      ),
    ),
  ];
}
