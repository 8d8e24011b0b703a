// The conversation: history, sending, and what arrives by itself.

import { button, element, language, messageElement, texts } from "./message.js";

const MESSAGES = "/chat/messages";
const PATIENCE = 60_000; // ms until a line counts as not sent
const RETRY = 3_000; // ms until the stream of events is opened again
const NEAR = 160; // px from the bottom that still count as being there

const at = (id) => document.getElementById(id);
const [chat, log, text, status, writing, newer] = [
  at("chat"), at("log"), at("text"), at("status"), at("writing"), at("newer"),
];
const shown = new Map(); // ref -> element
const echoes = new Map(); // id of a line on its way -> element
let unanswered = []; // elements of lines whose answers come later, by themselves
let held = []; // arrived while a line is on its way; shown after its answer
let queue = Promise.resolve(); // lines leave one after another
let waiting = 0;
let session = 0; // raised when the page is emptied: answers under way are dropped then
let signedIn = null;

/* What is on the page. */

// Puts a message after `previous`; before all others when that is null, else at the end.
const place = (message, previous) => {
  if (shown.has(message.ref)) return shown.get(message.ref);
  const press = (action, label, event) => {
    if (event.detail > 1) return; // the second click of a double click
    submit({ text: label, action, message: message.ref }, event);
  };
  const node = messageElement(message, press, save);
  const echo = echoes.get(message.id) ?? (message.from === "you" ? unanswered.shift() : null);
  const earlier = shown.get(message.replaces); // an earlier state of the same message
  if (earlier) takePlace(earlier, node, message);
  else if (echo) echo.replaceWith(node);
  else if (previous) previous.after(node);
  else if (previous === null) log.prepend(node);
  else log.append(node);
  echoes.delete(message.id);
  shown.set(message.ref, node);
  delete chat.dataset.empty;
  return node;
};

// A newer state of a message: it is read out once it brings something.
const takePlace = (earlier, node, { replaces, files, buttons }) => {
  if (!files.length && !buttons.length) node.setAttribute("aria-live", "off");
  const focused = earlier.contains(document.activeElement);
  earlier.replaceWith(node);
  shown.set(replaces, node);
  if (focused) node.focus({ preventScroll: true });
};

const placeAll = (messages, previous) => {
  let last = previous;
  for (const message of messages) last = place(message, last);
  return last;
};

const clear = () => {
  session += 1;
  shown.clear();
  echoes.clear();
  unanswered = [];
  held = [];
  log.replaceChildren();
  log.setAttribute("aria-live", "off");
  chat.dataset.empty = "";
};

const say = (words) => {
  status.textContent = words;
};

const bottom = () => document.documentElement.scrollHeight;
const atBottom = () => window.scrollY + window.innerHeight > bottom() - NEAR;
const behavior = () =>
  matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";

const toBottom = (how = behavior()) => {
  newer.hidden = true;
  window.scrollTo({ top: bottom(), behavior: how });
};

// The end of the answer is in sight, or, when it is long, the question and its beginning.
const reveal = (question, answer) => {
  const from = question.offsetHeight > window.innerHeight / 3 ? answer : question;
  const top = from.getBoundingClientRect().top + window.scrollY;
  const room = at("composer").offsetHeight + parseFloat(getComputedStyle(from).scrollMarginTop);
  if (bottom() - top > window.innerHeight - room) from.scrollIntoView({ behavior: behavior() });
  else toBottom();
};

/* Sending. */

// What may be a card number is not shown even until what is kept of the line takes its place.
const discreet = (typed) =>
  typed.replace(/(?<!\d)\d(?:[ .\u00a0-]?\d){12,18}(?!\d)/gu, (digits) => {
    return `[•••• ${digits.replace(/\D/gu, "").slice(-4)}]`;
  });

const submit = (turn, event) => {
  const id = uuid4();
  const lines = discreet(turn.text).split("\n").map((line) => [{ text: line }]);
  const echo = messageElement({ from: "you", language, blocks: [{ kind: "paragraph", lines }] });
  log.append(echo);
  log.setAttribute("aria-live", "polite");
  delete chat.dataset.empty;
  echoes.set(id, echo);
  toBottom();
  return send({ id, ...turn }, echo, event?.detail === 0);
};

const send = (body, echo, byKeyboard = false) => {
  echo.classList.remove("unsent");
  echo.querySelector(".failed")?.remove();
  writing.hidden = false;
  waiting += 1;
  const mine = session;
  const leave = async () => {
    const said = await post(body).catch((error) => failed(body, echo, error));
    waiting -= 1;
    writing.hidden = waiting === 0;
    if (said && mine === session) answered(body.id, echo, said, byKeyboard && body.action);
    if (waiting === 0) receive(held.splice(0));
  };
  queue = queue.then(leave, leave);
  return queue;
};

const post = async (body) => {
  const response = await fetch(MESSAGES, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (!response.ok) throw Object.assign(new Error("not sent"), { status: response.status });
  return response.json();
};

const answered = (id, echo, { messages, closed }, moveFocus) => {
  if (!messages.length) {
    echoes.delete(id);
    if (closed) echo.remove(); // the same button twice is one press
    else unanswered.push(echo);
    return;
  }
  const last = placeAll(messages, echo);
  if (echoes.delete(id)) echo.remove(); // its line was here already
  const answer = shown.get(messages.find(({ from }) => from !== "you")?.ref) ?? last;
  reveal(shown.get(messages[0].ref), answer);
  // Who pressed a button by keyboard goes on reading at the answer, whose buttons come next.
  if (moveFocus) answer.focus({ preventScroll: true });
};

const failed = (body, echo, error) => {
  const tooLong = error.status === 413;
  const again = button(texts.try_again, () => {
    text.focus();
    send(body, echo);
  });
  const note = element("p", { class: "failed" }, tooLong ? texts.too_long : texts.not_sent);
  if (!tooLong) note.append(again);
  echo.classList.add("unsent");
  echo.append(note);
  toBottom();
};

const uuid4 = () => {
  if (crypto.randomUUID) return crypto.randomUUID(); // absent on plain http, except on localhost
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/u, "$1-$2-$3-$4-");
};

/* Files. */

const save = async ({ url, filename }, { detail }) => {
  if (detail > 1) return; // as above
  const response = await fetch(`${url}/link`, { method: "POST" }).catch(() => null);
  if (!response?.ok) {
    say(texts.no_file);
    return;
  }
  if (status.textContent === texts.no_file) say("");
  const once = await response.json();
  element("a", { href: once.url, download: filename }).click();
};

/* What arrives by itself. */

const load = async () => {
  const mine = session;
  const response = await fetch(MESSAGES);
  if (!response.ok) throw new Error("no history");
  const history = await response.json();
  if (mine !== session || changed(history.signed_in)) return;
  const first = shown.size === 0;
  if (history.messages.some(isNew)) show(() => placeAll(history.messages, null), first);
  log.setAttribute("aria-live", "polite");
};

const retrieve = () => load().catch(() => say(texts.offline));

const receive = (messages) => {
  const fresh = messages.filter(isNew);
  // Nothing comes between a line and its answer.
  if (waiting) held.push(...fresh);
  // An answer to something said elsewhere: the history has the question too.
  else if (fresh.some(({ from, replaces }) => from === "bot" && !shown.has(replaces))) retrieve();
  else if (fresh.length) show(() => placeAll(fresh));
};

const isNew = ({ ref }) => !shown.has(ref);

const show = (change, first = false) => {
  const following = atBottom();
  change();
  if (first) toBottom("instant");
  else if (following) toBottom();
  else newer.hidden = false;
  if (document.hidden && !first) document.title = `● ${texts.title}`;
};

const connect = () => {
  const events = new EventSource("/chat/events");
  events.addEventListener("open", () => {
    if (status.textContent === texts.offline) say("");
    retrieve(); // what came while the stream was closed
  });
  events.addEventListener("message", ({ data }) => receive([JSON.parse(data)]));
  events.addEventListener("state", ({ data }) => changed(JSON.parse(data).signed_in));
  events.addEventListener("error", () => {
    say(texts.offline);
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(() => stream === events && connect(), RETRY);
    }
  });
  stream = events;
};
let stream;

/* Who is signed in. */

const showAccount = (who) => {
  signedIn = who;
  at("account").hidden = !who;
  at("account-name").textContent = who?.name ?? "";
  at("account-account").textContent = who?.account ?? "";
};

// Signed out, here or in another tab: what was private leaves the page.
const changed = (who) => {
  const ended = signedIn && !who;
  showAccount(who);
  if (ended) restart(texts.signed_out);
  return ended;
};

const restart = (words) => {
  stream.close();
  clear();
  window.scrollTo({ top: 0, behavior: "instant" });
  say(words);
  connect();
};

const signOut = async () => {
  const response = await fetch("/chat/sign-out", { method: "POST" }).catch(() => null);
  if (!response?.ok) return say(texts.sign_out_failed);
  showAccount(null);
  restart(texts.signed_out);
  return text.focus();
};

/* The page's own controls. */

at("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const typed = text.value.trim();
  text.focus();
  if (!typed) return;
  text.value = "";
  say("");
  submit({ text: typed });
});

text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  at("composer").requestSubmit();
});

for (const example of document.querySelectorAll("[data-example]")) {
  example.addEventListener("click", (event) => submit({ text: example.textContent }, event));
}

for (const link of document.querySelectorAll("[data-language]")) {
  link.addEventListener("click", async (event) => {
    if (!shown.size || link.ariaCurrent || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    await submit({ text: link.textContent, action: `language:${link.dataset.language}` });
    location.assign(link.href);
  });
}

at("sign-out").addEventListener("click", signOut);
newer.addEventListener("click", () => toBottom());
document.addEventListener("visibilitychange", () => {
  document.title = texts.title;
});

connect();
retrieve();
