// The drop zone: files are sent one after another as the body of a PUT, read from disk by the
// browser itself, so that neither side ever holds a whole file. The list lives outside the element:
// leaving the page or switching the language does not end an upload.
const lists = new Map();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const list = lists.get(data.ticket) ?? newList(data.ticket);
  lists.set(data.ticket, list);
  list.data = data;
  list.arrived = () => setTriggerValue("arrived", Date.now());
  list.rows = list.rows.filter((row) => !(row.state === "done" && data.held.includes(row.id)));
  list.zone = parentElement.querySelector(".zone") ?? build(parentElement, list);
  say(list);
  draw(list);
  return () => {
    list.zone = null;
    list.arrived = null;
  };
}

function newList(ticket) {
  const list = { ticket, rows: [], zone: null, busy: false };
  window.addEventListener("beforeunload", (event) => {
    if (list.rows.some((row) => row.state === "sending")) event.preventDefault();
  });
  // A file dropped beside the zone must not replace the page.
  for (const kind of ["dragover", "drop"]) {
    window.addEventListener(kind, (event) => {
      if (list.zone && event.dataTransfer?.types.includes("Files")) event.preventDefault();
    });
  }
  return list;
}

function build(parent, list) {
  const zone = make("div", "zone");
  zone.innerHTML = `<div class="drop"><svg viewBox="0 0 24 24" aria-hidden="true"><path
    d="M12 16V5m0 0L7.5 9.5M12 5l4.5 4.5M4 16.5V18a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-1.5"/></svg>
    <div class="words"><p class="title"></p><p class="hint"></p></div>
    <button type="button" class="pick"></button><input type="file" multiple tabindex="-1"></div>
    <ul class="rows"></ul><p class="live" role="status" aria-live="polite"></p>`;
  const drop = zone.querySelector(".drop");
  const input = zone.querySelector("input");
  zone.querySelector(".pick").onclick = () => input.click();
  input.onchange = () => {
    add(list, [...input.files]);
    input.value = "";
  };
  let depth = 0;
  const over = (by) => {
    depth = Math.max(0, depth + by);
    drop.classList.toggle("over", depth > 0);
  };
  drop.ondragenter = () => over(1);
  drop.ondragleave = () => over(-1);
  drop.ondrop = (event) => {
    event.preventDefault();
    over(-depth);
    add(list, [...event.dataTransfer.files]);
  };
  parent.append(zone);
  return zone;
}

function say(list) {
  const { words, accept } = list.data;
  const zone = list.zone;
  zone.querySelector(".title").textContent = words.title;
  zone.querySelector(".hint").textContent = words.hint;
  zone.querySelector(".pick").textContent = words.pick;
  const input = zone.querySelector("input");
  input.accept = accept;
  input.setAttribute("aria-label", words.pick);
}

function add(list, files) {
  for (const file of files) {
    const row = { file, name: file.name, state: "waiting", sent: 0, speed: 0, why: "" };
    if (file.size > list.data.limit) fail(row, list.data.words.too_big);
    list.rows.push(row);
  }
  draw(list);
  next(list);
}

function next(list) {
  if (list.busy) return;
  const row = list.rows.find((one) => one.state === "waiting");
  if (row) {
    list.busy = true;
    send(list, row).finally(() => {
      list.busy = false;
      draw(list);
      next(list);
    });
  } else if (list.fresh) {
    list.fresh = false;
    list.arrived?.();
  }
}

async function send(list, row) {
  const headers = {
    "X-Footprint-Ticket": list.ticket,
    "X-Footprint-Name": encodeURIComponent(row.name),
    "X-Footprint-Size": String(row.file.size),
  };
  row.state = "sending";
  row.sent = row.speed = 0;
  row.request = null;
  row.began = row.drawn = performance.now();
  draw(list);
  try {
    const asked = await fetch(list.data.url, { method: "PUT", headers });
    if (row.state !== "sending") return undefined;
    if (asked.status === 404 || asked.status === 405) return fail(row, list.data.words.no_route);
    if (!asked.ok) return fail(row, reason(list, await asked.text()));
  } catch {
    return fail(row, list.data.words.lost);
  }
  return new Promise((settled) => {
    const request = new XMLHttpRequest();
    row.request = request;
    request.open("PUT", list.data.url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => progress(list, row, event.loaded);
    request.onload = () => {
      if (request.status === 201) {
        row.state = "done";
        row.id = JSON.parse(request.responseText).id;
        list.fresh = true;
        tell(list, `${row.name}: ${list.data.words.done}`);
      } else fail(row, reason(list, request.responseText));
      settled();
    };
    request.onerror = () => {
      fail(row, list.data.words.lost);
      settled();
    };
    request.onabort = () => {
      row.state = "cancelled";
      settled();
    };
    request.send(row.file);
  });
}

function progress(list, row, sent) {
  const now = performance.now();
  row.sent = sent;
  row.speed = sent / Math.max(0.001, (now - row.began) / 1000);
  if (now - row.drawn > 120) {
    row.drawn = now;
    draw(list);
  }
}

function fail(row, why) {
  row.state = "failed";
  row.why = why;
}

function reason(list, answer) {
  try {
    return JSON.parse(answer)[list.data.lang] ?? list.data.words.lost;
  } catch {
    return list.data.words.lost;
  }
}

function tell(list, words) {
  if (list.zone) list.zone.querySelector(".live").textContent = words;
}

function act(list, row, what) {
  if (what === "cancel" && row.request && row.state === "sending") row.request.abort();
  else if (what === "cancel") row.state = "cancelled";
  else if (what === "retry") row.state = "waiting";
  else list.rows = list.rows.filter((one) => one !== row);
  tell(list, row.state === "cancelled" ? `${row.name}: ${list.data.words.cancelled}` : "");
  draw(list);
  next(list);
}

function draw(list) {
  if (!list.zone) return;
  const box = list.zone.querySelector(".rows");
  const stays = new Set(list.rows.map((row) => row.element));
  for (const element of [...box.children]) if (!stays.has(element)) element.remove();
  for (const row of list.rows) {
    if (row.element?.parentNode !== box) {
      row.element = frame(list, row);
      box.append(row.element);
    }
    fill(list, row);
  }
}

function frame(list, row) {
  const item = make("li", "row");
  item.innerHTML = `<span class="name"></span><span class="size"></span>
    <progress max="1"></progress><span class="said"></span><span class="acts"></span>`;
  item.querySelector(".name").textContent = row.name;
  item.querySelector(".size").textContent = bytes(row.file.size);
  item.querySelector("progress").setAttribute("aria-label", row.name);
  return item;
}

const ACTS = {
  waiting: ["cancel"], sending: ["cancel"], failed: ["retry", "remove"],
  cancelled: ["retry", "remove"], done: [],
};

function fill(list, row) {
  const { words } = list.data;
  const share = row.state === "done" ? 1 : row.sent / Math.max(1, row.file.size);
  row.element.dataset.state = row.state;
  row.element.querySelector("progress").value = share;
  row.element.querySelector(".said").textContent = said(row, share, words);
  const shown = ACTS[row.state].join(" ") + words.cancel;
  const acts = row.element.querySelector(".acts");
  if (acts.dataset.shown === shown) return;
  const held = acts.contains(list.zone.getRootNode().activeElement);
  acts.dataset.shown = shown;
  acts.replaceChildren(
    ...ACTS[row.state].map((what) => {
      const button = make("button", what);
      button.type = "button";
      button.textContent = words[what];
      button.setAttribute("aria-label", `${words[what]} ${row.name}`);
      button.onclick = () => act(list, row, what);
      return button;
    }),
  );
  if (held) acts.querySelector("button")?.focus();
}

function said(row, share, words) {
  if (row.state === "failed") return row.why;
  if (row.state !== "sending") return words[row.state];
  if (!row.sent) return words.waiting;
  const percent = `${Math.floor(share * 100)}%`;
  if (share >= 1) return words.checking;
  const left = Math.ceil((row.file.size - row.sent) / Math.max(1, row.speed));
  return `${percent} · ${bytes(row.speed)}/s · ${words.left.replace("{s}", left)}`;
}

function bytes(size) {
  const units = ["B", "KB", "MB", "GB"];
  let at = 0;
  for (; size >= 1000 && at < 3; at++) size /= 1000;
  return `${at ? size.toFixed(1) : Math.round(size)} ${units[at]}`;
}

function make(kind, css) {
  const element = document.createElement(kind);
  element.className = css;
  return element;
}
