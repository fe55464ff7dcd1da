// The phone and the controls beside it. All state lives in the stand-in; this page draws what it is told.

import { bubble, element } from "./bubble.js";
import { dayName, showClock } from "./clock.js";
import { wordsFor } from "./words.js";

const $ = (id) => document.getElementById(id);
const PLACES = [
  ["Los Angeles", 34.0522, -118.2437], ["San Diego", 32.7157, -117.1611], ["London", 51.5072, -0.1276],
  ["Mexico City", 19.4326, -99.1332], ["Sydney", -33.8688, 151.2093],
];

let parent = 1001;
let version = null;
let editing = false;
let lastMine = "";
let drawn = new Map();
let toastSeen = new Map();
let toastTimer = 0;
let listening = new AbortController();
let lineWasLost = false;
let words = wordsFor("en");

// ---- talking to the stand-in

async function ask(url, options = {}) {
  const response = await fetch(url, options);
  const body = await response.json();
  if (!response.ok) throw new Error(body.error ?? "That did not work.");
  return body;
}

function post(url, body) {
  return ask(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

async function does(deed) {
  try {
    await post(`/page/chat/${parent}`, deed);
    $("trouble").hidden = true;
    return true;
  } catch (error) {
    complain(error);
    return false;
  }
}

function complain(error, where = $("trouble")) {
  const gone = error instanceof TypeError;
  where.textContent = gone ? "The program does not answer. Is it still running?" : error.message;
  where.hidden = false;
}

async function listen() {
  listening.abort();
  listening = new AbortController();
  const { signal } = listening;
  const whose = parent;
  version = null;
  while (!signal.aborted) {
    try {
      const since = version === null ? "" : `?since=${version}`;
      const view = await ask(`/page/chat/${whose}${since}`, { signal });
      if (signal.aborted) return;
      if (lineWasLost) $("trouble").hidden = true;
      lineWasLost = false;
      if (view.version !== version) {
        version = view.version;
        draw(view);
        readClockSoon();
      }
    } catch (error) {
      if (signal.aborted) return;
      complain(error);
      lineWasLost = true;
      await new Promise((done) => setTimeout(done, 1500));
    }
  }
}

// ---- the chat

const act = {
  say: (text) => does({ do: "say", text }),
  fileUrl: (message) => `/page/chat/${parent}/file/${message}`,
  async tap(button, message, label) {
    button.setAttribute("aria-busy", "true");
    if (!await does({ do: "tap", message, label })) button.removeAttribute("aria-busy");
  },
  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      toast("Copied");
    } catch {
      toast(`Could not copy: ${text}`);
    }
  },
};

function draw(view) {
  const stuck = atEnd || drawn.size === 0;
  speak(view.language);
  const first = drawMessages(view.messages);
  const empty = view.messages.length === 0;
  $("bot-name").textContent = view.bot.name;
  $("description").textContent = view.bot.description || view.bot.short_description;
  $("intro").hidden = !empty;
  $("start-row").hidden = !empty && !view.blocked;
  $("start").textContent = view.blocked ? words.restart : words.start;
  $("composer").hidden = empty || view.blocked;
  $("status").textContent = view.blocked ? words.blocked : view.waiting ? words.writing : words.bot;
  $("status").classList.toggle("busy", view.waiting && !view.blocked);
  $("block").textContent = view.blocked ? "Unblock the bot" : "Block the bot";
  $("block").dataset.deed = view.blocked ? "unblock" : "block";
  $("language").value = view.language;
  $("menu").dataset.commands = JSON.stringify(view.bot.commands);
  $("menu").hidden = view.bot.commands.length === 0;
  drawKeys(view.blocked ? [] : view.keys);
  const mine = view.messages.filter((message) => message.mine && (!message.attachment || message.attachment === "photo"));
  lastMine = mine.at(-1)?.text ?? "";
  $("edit-last").disabled = mine.length === 0;
  showToast(view.toast);
  if (stuck || first?.classList.contains("mine")) requestAnimationFrame(() => follow(first));
}

/** Sets the phone's own words to its language. */
function speak(language) {
  const spoken = wordsFor(language);
  if (spoken === words) return;
  words = spoken;
  $("phone").lang = language;
  $("menu").textContent = words.menu;
  $("text").placeholder = words.message;
  $("what-can").textContent = words.whatCan;
  drawn.clear();
  $("messages").replaceChildren();
}

/** Goes to the end, but no further than the beginning of what is new: a long message is read from its top. */
function follow(first) {
  const chat = $("chat");
  const end = chat.scrollHeight - chat.clientHeight;
  const top = first?.isConnected ? first.offsetTop - 8 : end;
  chat.scrollTop = Math.min(end, top);
  atEnd = true;
}

let atEnd = true;
$("chat").addEventListener("scroll", () => {
  const chat = $("chat");
  atEnd = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 80;
}, { passive: true });
// A keyboard that opens below, or a text box that grows, does not hide the last message.
new ResizeObserver(() => { if (atEnd) $("chat").scrollTop = $("chat").scrollHeight; }).observe($("chat"));

/** Redraws only what changed, so that focus and scroll stay. Gives the first message that is new to a chat on show. */
function drawMessages(messages) {
  const list = $("messages");
  const next = new Map();
  const fromScratch = drawn.size === 0;
  let first = null;
  let day = null;
  let place = list.firstElementChild;
  const put = (key, content, make) => {
    const known = drawn.get(key);
    let node = known?.node;
    if (!node) {
      node = make();
    } else if (known.content !== content) {
      const changed = make();
      if (place === node) place = changed;
      node.replaceWith(changed);
      node = changed;
    }
    if (node === place) place = place.nextElementSibling;
    else list.insertBefore(node, place);
    next.set(key, { node, content });
    return !known;
  };
  for (const message of messages) {
    if (message.day !== day) {
      day = message.day;
      put(`day-${day}-${message.id}`, day, () => element("li", { class: "day" }, element("span", {}, dayName(day, words.locale))));
    }
    const isNew = put(message.id, JSON.stringify(message), () => bubble(message, words, act));
    if (isNew && !fromScratch) first ??= next.get(message.id).node;
  }
  for (const [key, { node }] of drawn) if (!next.has(key)) node.remove();
  drawn = next;
  return first;
}

function drawKeys(rows) {
  const keys = $("keys");
  const content = JSON.stringify(rows);
  if (keys.dataset.content === content) return;
  keys.dataset.content = content;
  keys.hidden = rows.length === 0;
  keys.replaceChildren(...rows.map((row) => element("div", { class: "button-row" }, ...row.map((key) =>
    element("button", {
      type: "button", "data-testid": "key", "data-label": key.label,
      onclick: () => (key.location ? choosePlace() : does({ do: "key", label: key.label })),
    }, key.label)))));
}

function showToast(view) {
  if (!view) {
    toastSeen.set(parent, 0);
    return;
  }
  // What was said before this page looked is not shown again.
  const known = toastSeen.get(parent) ?? view.number;
  toastSeen.set(parent, view.number);
  if (view.number === known) return;
  if (view.alert) {
    $("alert-text").textContent = view.text;
    if (!$("alert").open) $("alert").showModal();
  } else {
    toast(view.text);
  }
}

function toast(text) {
  clearTimeout(toastTimer);
  $("toast").textContent = text;
  $("toast").hidden = false;
  toastTimer = setTimeout(() => { $("toast").hidden = true; }, 3500);
}

// ---- sheets

function sheet(title, rows) {
  $("sheet-title").textContent = title;
  $("sheet-list").replaceChildren(...rows.map(([label, detail, run]) => element("li", {}, element("button", {
    type: "button", "data-testid": "choice", "data-label": label, onclick: () => { $("sheet").close(); run(); },
  }, element("span", {}, label), detail && element("small", {}, detail)))));
  $("sheet").showModal();
}

function choosePlace() {
  sheet("Share which place?", PLACES.map(([name, latitude, longitude]) =>
    [name, `${latitude.toFixed(2)}, ${longitude.toFixed(2)}`, () => does({ do: "location", latitude, longitude })]));
}

$("menu").addEventListener("click", () => {
  const commands = JSON.parse($("menu").dataset.commands ?? "[]");
  sheet("Menu", commands.map(({ command, description }) => [`/${command}`, description, () => act.say(`/${command}`)]));
});

$("attach").addEventListener("click", () => sheet("Attach", [
  ["Voice message", null, () => does({ do: "voice" })],
  ["Photo", "What you have typed becomes its caption", async () => {
    if (await does({ do: "photo", caption: $("text").value.trim() })) setText("");
  }],
  ["Sticker", null, () => does({ do: "sticker" })],
  ["Location", null, choosePlace],
]));

$("close-sheet").addEventListener("click", () => $("sheet").close());
$("sheet").addEventListener("click", (event) => { if (event.target === $("sheet")) $("sheet").close(); });

// ---- writing

function setText(text) {
  $("text").value = text;
  fit();
}

/** As high as its text, up to the limit in the style sheet. */
function fit() {
  const text = $("text");
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
}

function edit(on) {
  editing = on;
  $("editing").hidden = !on;
  setText(on ? lastMine : "");
  $("text").focus();
}

$("text").addEventListener("input", fit);
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("composer").requestSubmit();
  }
  if (event.key === "Escape" && editing) edit(false);
});
$("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (text === "") return;
  if (await does({ do: editing ? "edit_last" : "say", text })) {
    if (editing) edit(false);
    else setText("");
  }
});
$("stop-editing").addEventListener("click", () => edit(false));
$("start").addEventListener("click", () => act.say("/start"));

// ---- the controls

$("edit-last").addEventListener("click", () => { openControls(false); edit(true); });
$("block").addEventListener("click", () => does({ do: $("block").dataset.deed }));
$("language").addEventListener("change", () => does({ do: "language", code: $("language").value }));
$("country").addEventListener("change", () => {
  const code = $("country").value;
  // The country is a setting of the bot, so the parent says it; the choice goes back to “choose”.
  $("country").value = "";
  if (code !== "") { openControls(false); act.say(`/country ${code}`); }
});
for (const button of document.querySelectorAll(".say")) {
  button.addEventListener("click", () => { openControls(false); act.say(button.dataset.text); });
}

function openControls(open) {
  document.body.classList.toggle("controls-open", open);
  $("open-controls").setAttribute("aria-expanded", String(open));
  if (open) $("close-controls").focus();
}
$("open-controls").addEventListener("click", () => openControls(!document.body.classList.contains("controls-open")));
$("close-controls").addEventListener("click", () => { openControls(false); $("open-controls").focus(); });
document.addEventListener("keydown", (event) => { if (event.key === "Escape") openControls(false); });

const tabs = [...document.querySelectorAll("[role=tab]")];
function choose(tab) {
  for (const each of tabs) {
    each.setAttribute("aria-selected", String(each === tab));
    each.tabIndex = each === tab ? 0 : -1;
  }
  parent = Number(tab.dataset.parent);
  drawn = new Map();
  $("messages").replaceChildren();
  $("toast").hidden = true;
  $("clock-trouble").hidden = true;
  toastSeen.delete(parent);
  edit(false);
  listen();
  readClock();
}
for (const [index, tab] of tabs.entries()) {
  tab.addEventListener("click", () => choose(tab));
  tab.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = tabs[(index + 1) % tabs.length];
    choose(other);
    other.focus();
  });
}

for (const button of document.querySelectorAll(".jump")) {
  button.addEventListener("click", async () => {
    button.setAttribute("aria-busy", "true");
    try {
      showClock(await post("/page/clock", { parent, to: button.dataset.to }));
      $("clock-trouble").hidden = true;
    } catch (error) {
      complain(error, $("clock-trouble"));
    }
    button.removeAttribute("aria-busy");
  });
}

// ---- the clock

let readTimer = 0;
function readClockSoon() {
  clearTimeout(readTimer);
  readTimer = setTimeout(readClock, 400);
}

async function readClock() {
  const whose = parent;
  try {
    const read = await ask(`/page/chat/${whose}/clock`);
    if (whose === parent) showClock(read);
  } catch {
    // The line is down; the conversation's own loop says so.
  }
}

setInterval(() => { if (!document.hidden) readClock(); }, 5000);
listen();
readClock();
