// Makes the elements of one message. Data becomes text nodes only, never HTML.

const LINK =
  /(?<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)|(?<phone>\b1[-\s\u2011]\d{3}[-\s\u2011]\d{3}[-\s\u2011]\d{4}\b)|(?<site>https:\/\/[^\s<>"()]*[^\s<>"().,;:!?»])/gu;
const LONG = 22; // characters from which a cell of a left-aligned column may wrap

const { language, texts } = JSON.parse(document.getElementById("texts").textContent);
export { language, texts };

export const element = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
};

export const button = (label, onPress, attributes = {}) => {
  const node = element("button", { type: "button", ...attributes }, label);
  node.addEventListener("click", onPress);
  return node;
};

// `press(action, label, event)` is called for a button that speaks to the bot, `save(file, event)`
// for a file.
export const messageElement = (message, press, save) => {
  const own = message.from === "you";
  const body = element("div", { class: "sheet", lang: message.language });
  body.append(...(own ? blocks(message, plainLine) : answer(message, press, save)));
  return element(
    "article",
    { class: `message ${message.from}`, tabindex: -1, "aria-label": texts[message.from] },
    own ? null : byline(message),
    body,
  );
};

const answer = (message, press, save) => [
  ...(message.title ? [element("h3", {}, ...line(message.title))] : []),
  ...blocks(message, line),
  ...(message.facts.length ? [facts(message.facts)] : []),
  ...(message.table ? [table(message.table, words(message.title) || texts.table)] : []),
  ...(message.picture ? [picture(message.picture)] : []),
  ...(message.files.length ? [list("files", message.files.map((each) => file(each, save)))] : []),
  ...buttonLists(message.buttons, press),
];

const byline = (message) =>
  element(
    "p",
    { class: "by" },
    element("strong", {}, texts[message.from]),
    element("time", { datetime: message.at }, when(new Date(message.at))),
    message.private ? element("span", { class: "tag" }, texts.private) : null,
  );

const when = (at) => {
  const today = at.toDateString() === new Date().toDateString();
  const day = today ? {} : { month: "short", day: "numeric" };
  const options = { ...day, hour: "numeric", minute: "2-digit" };
  const written = at.toLocaleString(`${language}-CA`, options);
  return language === "fr" && !today ? written.replace(/^1 /u, "1er ") : written;
};

const words = (spans) => (spans ?? []).map((span) => span.text).join("");

const plainLine = (spans) => [words(spans)];

const line = (spans) =>
  spans.map(({ text, bold }) =>
    // In bold stand names, some of which look like addresses.
    bold ? element("strong", {}, text) : element("span", {}, ...linked(text)),
  );

const linked = (text) => {
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    const { mail, phone, site } = match.groups;
    const href = mail ? `mailto:${mail}` : phone ? `tel:+${phone.replace(/\D/gu, "")}` : site;
    parts.push(text.slice(at, match.index));
    parts.push(element("a", site ? { href, ...newTab } : { href }, match[0]));
    at = match.index + match[0].length;
  }
  return [...parts, text.slice(at)];
};

const newTab = { target: "_blank", rel: "noopener noreferrer" };

const blocks = (message, writeLine) =>
  message.blocks.map((block) => {
    if (block.kind === "paragraph") {
      const lines = block.lines.flatMap((spans) => [element("br"), ...writeLine(spans)]);
      return element("p", {}, ...lines.slice(1));
    }
    const items = block.lines.map((spans) => element("li", {}, ...writeLine(spans)));
    return element(block.kind === "numbers" ? "ol" : "ul", {}, ...items);
  });

const facts = (pairs) =>
  element(
    "dl",
    { class: "facts" },
    ...pairs.map(({ label, value }) =>
      element("div", {}, element("dt", {}, label), element("dd", {}, value)),
    ),
  );

const table = ({ columns, rows }, name) => {
  const cell = (text, column, first) => {
    const right = columns[column].align === "right";
    const kind = right ? "right" : text.length >= LONG ? "long" : null;
    return element(
      first ? "th" : "td",
      {
        class: kind,
        scope: first ? "row" : null,
        role: first ? "rowheader" : "cell",
        "data-label": columns[column].label,
      },
      text,
    );
  };
  const heads = columns.map(({ label, align }) =>
    element(
      "th",
      { scope: "col", role: "columnheader", class: align === "right" ? "right" : null },
      label,
    ),
  );
  const lines = rows.map((row) =>
    element("tr", { role: "row" }, ...row.map((text, column) => cell(text, column, column === 0))),
  );
  const frame = element(
    "div",
    { class: "table", role: "group", "aria-label": name },
    element(
      "table",
      { role: "table" },
      element("caption", { class: "hidden" }, name),
      element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...heads)),
      element("tbody", { role: "rowgroup" }, ...lines),
    ),
  );
  overflow.observe(frame);
  return frame;
};

// On a telephone the lines of a table that is too wide become cards, so that no amount is out of
// sight. Elsewhere it scrolls, and only then it is a stop for the Tab key.
const narrow = matchMedia("(max-width: 40rem)");
const overflow = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    target.classList.remove("cards");
    const tooWide = target.scrollWidth > target.clientWidth;
    target.classList.toggle("cards", tooWide && narrow.matches);
    target.toggleAttribute("tabindex", false);
    if (tooWide && !narrow.matches) target.setAttribute("tabindex", 0);
  }
});

const picture = ({ url, alt, filename }) =>
  element(
    "figure",
    {},
    element("a", { href: url, title: filename, ...newTab }, element("img", { src: url, alt })),
  );

// A button: the address of a download is made as it is pressed, and good for once.
const file = ({ url, filename, size_text: size }, save) => {
  const kind = filename.includes(".") ? filename.split(".").pop().toUpperCase() : "";
  const node = button("", (event) => save({ url, filename }, event));
  node.append(
    element("span", { class: "kind", "aria-hidden": "true" }, kind),
    element("span", {}, element("strong", {}, filename), element("small", {}, size)),
  );
  return node;
};

const list = (name, nodes) =>
  element("ul", { class: name }, ...nodes.map((node) => element("li", {}, node)));

const buttonLists = (buttons, press) => {
  const made = (wanted) =>
    buttons.filter((each) => Boolean(each.quiet) === wanted).map((each) => oneButton(each, press));
  const [clear, asides] = [made(false), made(true)];
  return [
    ...(clear.length ? [list("buttons", clear)] : []),
    ...(asides.length ? [list("asides", asides)] : []),
  ];
};

const oneButton = ({ label, action, url }, press) => {
  if (!url) return button(label, (event) => press(action, label, event));
  const { protocol, href } = new URL(url, location.href);
  const safe = protocol === "https:" || protocol === "http:";
  return element(
    "a",
    { href: safe ? href : null, ...newTab },
    label,
    element("span", { "aria-hidden": "true" }, "↗"),
    element("span", { class: "hidden" }, texts.new_tab),
  );
};
