// Reports decided by key. What is decided goes into a queue that this browser keeps until the server
// has stored it: one request at a time, in order, tried again while the server is away, busy with a
// run, or the session has ended. The next report is there already, so that nobody waits.
"use strict";

(() => {
  const root = document.getElementById("screen");
  const decision = document.getElementById("decision");
  if (!root || !decision) return;
  const reasonField = document.getElementById("reason");

  const { topic, stage, pile, account } = root.dataset;
  const address = `${meta("base")}/topics/${encodeURIComponent(topic)}/screen`;
  const KEPT = `surveil:unsent:${meta("base")}:${topic}:${account}`;
  const KEYS = "surveil:keys";
  const AHEAD = 30;
  const ENOUGH = 15;
  const PATIENCE = [500, 1000, 2000, 5000];
  const ACTIONS = {
    include: "Include", exclude: "Exclude", unsure: "Unsure", undo: "Undo", next: "Next",
    fulltext: "Full text", why: "Why it was found", keys: "Show the keys",
  };
  const PRESETS = {
    ieu: { include: "i", exclude: "e", unsure: "u", undo: "z", next: "n", fulltext: "f", why: "w", keys: "?" },
    ynm: { include: "y", exclude: "n", unsure: "m", undo: "z", next: "j", fulltext: "f", why: "w", keys: "?" },
    rim: { include: "r", exclude: "i", unsure: "m", undo: "z", next: "n", fulltext: "f", why: "w", keys: "?" },
  };

  const unsent = read(KEPT, []);
  const said = []; // what was decided here, the last at the end: entry and card, to be undone
  const held = []; // keys that were typed before the next report was there
  let keys = { ...PRESETS.ieu, ...read(KEYS, {}) };
  let cards = []; // what comes next
  let shown = null;
  let fetching = false;
  let exhausted = false;
  let sending = false;
  const known = new Set(unsent.map((entry) => entry.report));

  function read(name, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(name)) ?? otherwise;
    } catch {
      return otherwise;
    }
  }

  function keep(name, value) {
    try {
      localStorage.setItem(name, JSON.stringify(value));
    } catch {
      // A browser that keeps nothing still sends what is in memory.
    }
  }

  // ----- reports ---------------------------------------------------------------------------------

  function show(card) {
    shown = card;
    if (card) {
      root.innerHTML = card.html;
      decision.hidden = false;
      reasonField.value = article().dataset.proposed;
      label();
      heading()?.focus({ preventScroll: true });
      window.scrollTo({ top: 0, behavior: "instant" });
      const key = held.shift();
      if (key) queueMicrotask(() => act(key));
    } else {
      decision.hidden = !fetching;
      root.innerHTML = fetching
        ? '<p class="card">The next report comes…</p>'
        : '<p class="card" id="nothing" tabindex="-1">Nothing waits here any more.</p>';
      if (!fetching) {
        held.length = 0;
        say("Nothing waits here any more.");
      }
    }
  }

  const article = () => root.querySelector("article");

  function heading() {
    const title = root.querySelector(".title");
    title?.setAttribute("tabindex", "-1");
    return title;
  }

  function next() {
    show(cards.shift() ?? null);
    refill();
  }

  async function refill() {
    if (fetching || exhausted || cards.length >= ENOUGH) return;
    fetching = true;
    if (!shown) show(null);
    const last = cards.at(-1) ?? shown;
    let found = await ask(last?.report);
    if (found && !found.length && last) found = await ask(); // the order may be another by now
    fetching = false;
    if (found === null) {
      setTimeout(refill, PATIENCE.at(-1)); // the server does not answer
      return;
    }
    exhausted = !found.length;
    found.forEach((card) => known.add(card.report));
    cards.push(...found);
    if (!shown) next();
    else refill();
  }

  // The first reports behind one that were not shown yet; those that were are passed over.
  async function ask(behind) {
    try {
      for (;;) {
        const query = new URLSearchParams({ stage, pile, most: AHEAD });
        if (behind) query.set("behind", behind);
        const answer = await fetch(`${address}/cards?${query}`);
        if (!answer.ok) return answer.status === 401 ? signInAgain() : null;
        const { cards: told } = await answer.json();
        const fresh = told.filter((card) => !known.has(card.report));
        if (fresh.length || told.length < AHEAD) return fresh;
        behind = told.at(-1).report;
      }
    } catch {
      return null;
    }
  }

  // ----- decisions -------------------------------------------------------------------------------

  function decide(verdict, reason) {
    const why = verdict === "exclude" ? reason || reasonField.value.trim() : reason || "";
    if (verdict === "exclude" && !why) {
      reasonField.focus();
      note("An exclusion needs a reason: choose one, or press the number of a criterion.");
      return;
    }
    const entry = { id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, report: shown.report,
      verdict, reason: why, told: shown.told, stage };
    unsent.push(entry);
    keep(KEPT, unsent);
    said.push({ entry, card: shown, before: null });
    count(-1);
    note(`Report ${shown.report}: ${verdict}${why ? ` (${why})` : ""}`);
    next();
    send();
  }

  function undo() {
    const last = said.pop();
    if (!last) return note("Nothing was decided here that could be undone.");
    const place = unsent.findIndex((entry) => entry.id === last.entry.id);
    if (place > 0 || (place === 0 && !sending)) unsent.splice(place, 1);
    else unsent.push({ id: `undo ${last.entry.id}`, report: last.entry.report, undo: true, of: last, stage });
    keep(KEPT, unsent);
    if (shown) cards.unshift(shown);
    count(1);
    show(last.card);
    note(`Report ${last.entry.report}: taken back`);
    send();
  }

  async function send() {
    if (sending) return;
    sending = true;
    for (let tries = 0; unsent.length; ) {
      const entry = unsent[0];
      const came = await post(entry);
      if (came === "ended") break;
      if (came === "later") {
        await new Promise((done) => setTimeout(done, PATIENCE[Math.min(tries++, PATIENCE.length - 1)]));
        continue;
      }
      tries = 0;
      unsent.shift();
      keep(KEPT, unsent);
      waiting("");
    }
    sending = false;
  }

  async function post(entry) {
    const body = new URLSearchParams({ stage: entry.stage, csrf: meta("csrf") });
    const before = entry.of?.before ?? { verdict: "", reason: "" };
    for (const [name, value] of Object.entries(entry.undo ? before : entry)) {
      if (["verdict", "reason", "told"].includes(name)) body.set(name, value);
    }
    let answer;
    let told = {};
    try {
      answer = await fetch(`${address}/${entry.report}${entry.undo ? "/undo" : ""}`, {
        method: "POST", body, headers: { Accept: "application/json" },
      });
      told = await answer.json();
    } catch {
      waiting("The server does not answer.");
      return "later";
    }
    if (answer.ok) {
      const mine = said.find((one) => one.entry.id === entry.id);
      if (mine) mine.before = told.before;
      return "stored";
    }
    if (answer.status === 401) {
      signInAgain();
      return "ended";
    }
    if (answer.status >= 500 || told.kind === "Busy") {
      waiting(told.kind === "Busy" ? "A run is under way." : told.error);
      return "later";
    }
    refused(entry, told.error);
    return "refused";
  }

  function waiting(why) {
    const place = document.getElementById("unsent");
    place.hidden = !why;
    place.textContent = why && `${why} ${decisions()} kept in this browser and sent as soon as possible.`;
  }

  const decisions = () => (unsent.length === 1 ? "1 decision is" : `${unsent.length} decisions are`);

  function signInAgain() {
    const place = document.getElementById("unsent");
    const link = document.createElement("a");
    const here = location.pathname.slice(meta("base").length) + location.search;
    link.href = `${meta("base")}/sign-in?next=${encodeURIComponent(here)}`;
    link.textContent = "Sign in again";
    place.replaceChildren(`Your session has ended. ${decisions()} kept in this browser. `, link);
    place.hidden = false;
    return [];
  }

  function refused(entry, why) {
    const place = document.getElementById("not-stored");
    const line = document.createElement("p");
    const link = document.createElement("a");
    link.href = `${meta("base")}/topics/${encodeURIComponent(topic)}/reports/${entry.report}`;
    link.textContent = `Report ${entry.report}`;
    line.append(link, `, ${entry.verdict ?? "undo"}: ${why}`);
    place.append(line);
    place.hidden = false;
    count(1);
  }

  function count(by) {
    const left = document.querySelector(`[data-count="${pile}"]`);
    const done = document.getElementById("done");
    const bar = document.querySelector(".progress progress");
    const add = (place, much) => {
      place.textContent = (Number(place.textContent.replaceAll(",", "")) + much).toLocaleString("en-GB");
    };
    add(left, by);
    add(done, -by);
    bar.value -= by;
  }

  function note(words) {
    document.getElementById("said").textContent = words;
  }

  // ----- keys ------------------------------------------------------------------------------------

  function act(key) {
    if (/^[1-9]$/.test(key)) {
      const reason = document.querySelectorAll("[data-reason]")[Number(key) - 1]?.dataset.reason;
      if (reason) whenThere(key, () => decide("exclude", reason));
      return Boolean(reason);
    }
    const action = Object.keys(keys).find((name) => keys[name] === key);
    const does = {
      include: () => whenThere(key, () => decide("include")),
      exclude: () => whenThere(key, () => decide("exclude")),
      unsure: () => whenThere(key, () => decide("unsure")),
      next: () => whenThere(key, next),
      undo,
      fulltext: () => root.querySelector("[data-full-text]")?.click(),
      why: () => root.querySelector(".why summary")?.click(),
      keys: showKeys,
    }[action];
    does?.();
    return Boolean(does);
  }

  /** Does it with the report that is there; before the next one is, the key waits for it. */
  function whenThere(key, does) {
    if (shown) does();
    else if (fetching) held.push(key);
  }

  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input, textarea, select")) {
      if (event.key === "Escape") heading()?.focus();
      return;
    }
    if (act(event.key.length === 1 ? event.key.toLowerCase() : event.key)) event.preventDefault();
  });

  decision.addEventListener("submit", (event) => {
    event.preventDefault();
    if (shown && event.submitter) decide(event.submitter.value);
  });

  document.addEventListener("click", (event) => {
    const does = event.target.closest("[data-do]")?.dataset.do;
    const reason = event.target.closest("[data-reason]")?.dataset.reason;
    if (reason && shown) decide("exclude", reason);
    else if (does) act(keys[does]);
  });

  root.addEventListener("toggle", async (event) => {
    const why = event.target.closest("[data-why]");
    if (!why?.open || why.dataset.read) return;
    why.dataset.read = "yes";
    const answer = await fetch(why.dataset.why, { headers: { "HX-Request": "true" } });
    if (answer.ok) why.querySelector("div").innerHTML = await answer.text();
  }, true);

  function label() {
    document.querySelectorAll("[data-key]").forEach((place) => {
      place.textContent = keys[place.dataset.key].toUpperCase();
    });
  }

  function showKeys() {
    const place = document.getElementById("keys");
    place.hidden = !place.hidden;
    document.querySelector("[data-do=keys]").setAttribute("aria-expanded", String(!place.hidden));
    if (!place.hidden) {
      offer(keys);
      place.scrollIntoView({ block: "nearest" });
      place.querySelector("select").focus();
    }
  }

  function offer(chosen) {
    const rows = Object.entries(ACTIONS).flatMap(([name, words]) => {
      const named = document.createElement("label");
      const field = document.createElement("input");
      named.htmlFor = `key-${name}`;
      named.textContent = words;
      Object.assign(field, { id: `key-${name}`, name, value: chosen[name], maxLength: 1, required: true });
      return [named, field];
    });
    document.querySelector("#key-form .keys").replaceChildren(...rows);
  }

  document.getElementById("preset").addEventListener("change", (event) => {
    if (event.target.value) offer(PRESETS[event.target.value]);
  });

  document.getElementById("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = [...document.querySelectorAll("#key-form .keys input")];
    const chosen = Object.fromEntries(fields.map((field) => [field.name, field.value.toLowerCase()]));
    const twice = new Set(Object.values(chosen)).size < fields.length;
    const digit = Object.values(chosen).some((key) => /[0-9]/.test(key));
    const fault = document.getElementById("key-fault");
    fault.hidden = !(twice || digit);
    fault.textContent = twice ? "Two of these keys are the same." : "Numbers choose a criterion.";
    if (twice || digit) return;
    keys = chosen;
    keep(KEYS, keys);
    label();
    showKeys();
    heading()?.focus();
  });

  // ----- begin -----------------------------------------------------------------------------------

  document.querySelectorAll(".script-only").forEach((place) => (place.hidden = false));
  label();
  const first = article();
  if (first) {
    const report = Number(first.dataset.report);
    const card = { report, told: Number(first.dataset.told), html: root.innerHTML };
    if (known.has(report)) next();
    else {
      known.add(report);
      shown = card;
    }
    refill();
  }
  if (unsent.length) send();
})();
