// The view of what the dump says about itself: what is missing, hidden and cut, and how it was made.

// notInPage returns what the dump has and the page hasn't, as sentences.
async function notInPage() {
  const end = await readBlock("end");
  return end ? end.left || [] : ["the end of this page: the file was cut"];
}

async function aboutView(box, head) {
  const parts = [];
  const section = (title, ...content) => parts.push(element("h2", {}, title), ...content);
  const list = (texts) => element("ul", {}, ...texts.map((text) => element("li", {}, text)));
  const table = (columns, rows) =>
    element(
      "table",
      {},
      element("thead", {}, element("tr", {}, ...columns.map((c) => element("th", { scope: "col" }, c)))),
      element(
        "tbody",
        {},
        ...rows.map((row) => element("tr", {}, ...row.map((cell) => element("td", {}, cell)))),
      ),
    );
  section(
    "The dump",
    commandLine(loadCommand(head.dump)),
    element(
      "dl",
      {},
      ...head.facts.flatMap(([label, text]) => [element("dt", {}, label), element("dd", {}, text)]),
    ),
  );
  if (head.damaged) section("Damaged or unknown", list(head.damaged));
  if (head.notes) section("Notes", list(head.notes));
  if (head.cuts) {
    section(
      "What limits cut",
      table(["limit", "how often"], head.cuts),
      element("p", { className: "dim" }, "coredumpy help limits says what they mean, and how to set them."),
    );
  }
  if (head.hidden) {
    section(
      "Secrets that were hidden",
      table(["rule", "how many"], head.hidden),
      element(
        "p",
        { className: "dim" },
        "They are not in this page. Equal secrets have the same number. No rule knows every secret: look before you " +
          "publish a page. coredumpy help secrets says more.",
      ),
    );
  }
  parts.push(element("div", { id: "left" }));
  if (head.build) section("Build", element("pre", {}, head.build.join("\n")));
  box.replaceChildren(...parts);
  const left = await notInPage();
  if (left.length)
    byId("left").replaceChildren(
      element("h2", {}, "Not in this page"),
      list(left),
      element("p", { className: "dim" }, "coredumpy load shows all that is in the dump."),
    );
}
