// Draws one message. Text is only ever put in as text, never as HTML.

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s",
  code: "code", pre: "pre", blockquote: "blockquote", text_link: "a",
};

// Addresses, bare host names that end like one, commands, telephone numbers.
const LINKS = new RegExp([
  String.raw`(?<url>https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]])`,
  String.raw`(?<host>\b(?:[a-z0-9-]+\.)+(?:com|org|net|gov|edu|uk|mx|es|us|au|ca|io|info|health|ar|cl|co|pe)(?:\/[^\s<>"]*[^\s<>".,;:!?)\]])?)(?![\w@])`,
  String.raw`(?<command>(?<![\w\/.])\/[a-z][a-z0-9_]{0,31}\b)`,
  String.raw`(?<phone>(?<![\w\/.-])\+?\d[\d\s().-]{5,}\d(?![\w\/-]))`,
].join("|"), "gi");

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child != null && child !== false));
  return node;
}

function linked(text, act) {
  const parts = [];
  let last = 0;
  for (const match of text.matchAll(LINKS)) {
    const { url, host, command, phone } = match.groups;
    const found = match[0];
    parts.push(text.slice(last, match.index));
    last = match.index + found.length;
    if (command) {
      // A link and not a button, because only a link flows with the text around it.
      const say = (event) => { event.preventDefault(); act.say(command); };
      parts.push(element("a", { href: "#", role: "button", "data-testid": "command", onclick: say }, command));
    } else if (phone) {
      parts.push(element("a", { class: "number", href: `tel:${phone.replace(/[^\d+]/g, "")}` }, phone));
    } else {
      parts.push(outside(url ?? `https://${host}`, found));
    }
  }
  parts.push(text.slice(last));
  return parts.filter((part) => part !== "");
}

function outside(href, label) {
  return element("a", { href, target: "_blank", rel: "noopener noreferrer" }, label);
}

/** The text with its entities, which nest; offsets are UTF-16 units, as JavaScript counts. */
export function formatted(text, entities, act) {
  const draw = (from, to, inside) => {
    const nodes = [];
    let at = from;
    const plain = (upTo) => {
      let piece = text.slice(at, upTo);
      // A quotation is a block of its own: the line break after it is already there.
      if (nodes.at(-1)?.tagName === "BLOCKQUOTE") piece = piece.replace(/^\n/, "");
      nodes.push(...linked(piece, act));
    };
    while (inside.length > 0) {
      const [outer, ...rest] = inside;
      const end = Math.min(outer.offset + outer.length, to);
      plain(outer.offset);
      const nested = rest.filter((entity) => entity.offset < end);
      inside = rest.filter((entity) => entity.offset >= end);
      const children = draw(outer.offset, end, nested);
      const tag = TAGS[outer.type];
      if (outer.type === "text_link") nodes.push(outside(outer.url, text.slice(outer.offset, end)));
      else nodes.push(...(tag ? [element(tag, {}, ...children)] : children));
      at = end;
    }
    plain(to);
    return nodes;
  };
  return draw(0, text.length, entities);
}

function attachment(message) {
  if (message.attachment === "voice") {
    return element("span", { class: "voice", role: "img", "aria-label": "Voice message, 4 seconds" }, "▶", element("i"), "0:04");
  }
  if (message.attachment === "sticker") return element("span", { class: "sticker", role: "img", "aria-label": "Sticker" }, "🌼");
  if (message.attachment === "photo") return element("span", { class: "photo", role: "img", "aria-label": "Photo" });
  if (message.attachment === "location") {
    const [latitude, longitude] = message.place;
    return element("span", { class: "map", role: "img", "aria-label": "Location" }, `${latitude.toFixed(2)}, ${longitude.toFixed(2)}`);
  }
  return null;
}

function buttons(message, act) {
  if (message.buttons.length === 0) return null;
  const rows = message.buttons.map((row) => element("div", { class: "button-row" }, ...row.map((button) => {
    if (button.url) {
      const link = outside(button.url, button.label);
      link.className = "under";
      link.append(element("span", { class: "mark", "aria-hidden": "true" }, "↗"));
      return link;
    }
    const tap = button.copy ? () => act.copy(button.copy) : (event) => act.tap(event.currentTarget, message.id, button.label);
    return element("button", {
      type: "button", class: "under", onclick: tap, "aria-busy": button.busy && "true",
      "data-testid": "button", "data-label": button.label,
    }, button.label, button.copy && element("span", { class: "mark", "aria-hidden": "true" }, "⧉"));
  })));
  return element("div", { class: "buttons", role: "group", "aria-label": "Buttons of this message" }, ...rows);
}

export function bubble(message, words, act) {
  const body = [];
  if (message.forwarded) body.push(element("span", { class: "forwarded" }, words.forwarded));
  const attached = attachment(message);
  if (attached) body.push(attached);
  if (message.file) {
    body.push(element("a", { class: "file", href: act.fileUrl(message.id), download: message.file }, message.file));
  }
  body.push(element("span", { class: "text" }, ...formatted(message.text, message.entities, act)));
  const meta = element("span", { class: "meta" },
    message.silent && element("span", { class: "silent", role: "img", "aria-label": "arrived without a sound", title: "Arrived without a sound" }),
    message.edited && `${words.edited} `,
    element("time", {}, message.time));
  return element("li", {
    class: message.mine ? "mine" : "theirs", "data-id": message.id,
    "data-testid": message.mine ? "mine" : "bot-message",
  },
  element("div", { class: "bubble" },
    element("span", { class: "visually-hidden" }, message.mine ? "You: " : "Slow Bloom: "), ...body, meta),
  buttons(message, act));
}
