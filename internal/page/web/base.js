// Small things that all parts of the page use.

const byId = (id) => document.getElementById(id);

// element makes an element. Text of the dump becomes text, never markup: there is no other way
// in this script to put it into the page.
function element(tag, properties = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in e) e[name] = value;
    else e.setAttribute(name, value);
  }
  e.append(...children.filter((c) => c !== null && c !== undefined && c !== ""));
  return e;
}

const counted = (n, noun) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;

// shortName leaves out the directories of import paths: "*shop/cart.Item" is "*cart.Item".
const shortName = (name) => name.replace(/[^\s[\](),*{};"]*\//g, "");

const baseName = (path) => path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);

const placeText = (place) => (place.p ? `${baseName(place.p)}:${place.l || "?"}` : "place not known");

// goroutineLink is a link that selects a goroutine, and a frame of it.
function goroutineLink(id, frame, text = `goroutine ${id}`) {
  return element("a", { href: frameHash(id, frame) }, text);
}

const frameHash = (id, frame) => `#g=${id}` + (frame === undefined ? "" : `&f=${frame}`);

// goroutineLinks is links for goroutines, separated by commas: the first of them, and how many
// more there are.
function goroutineLinks(ids, count, most = 12) {
  const out = [];
  for (const id of ids.slice(0, most)) {
    out.push(out.length ? ", " : "", goroutineLink(id, undefined, String(id)));
  }
  if (count > most) out.push(` and ${(count - most).toLocaleString("en")} more`);
  return out;
}

// commandLine shows a command, and copies it.
function commandLine(command) {
  const code = element("code", {}, command);
  const button = element("button", { type: "button", className: "small" }, "Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(command);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code); // the browser allows no more: the reader copies it
      button.textContent = "Selected";
    }
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  return element("p", { className: "command" }, code, " ", button);
}

// loadCommand is the command that opens the dump and runs a command of the prompt. A name that
// begins with - would be taken for a flag.
const loadCommand = (dump, command) =>
  `coredumpy load ${shellWord(dump.startsWith("-") ? "./" + dump : dump)}` + (command ? ` -c ${shellWord(command)}` : "");

const shellWord = (word) =>
  /^[\w@%+=:,./][\w@%+=:,./-]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
