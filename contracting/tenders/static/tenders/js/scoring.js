// Scoring by keyboard: what is typed saves itself, Ctrl Enter goes on, and nothing is lost without a connection.
const WAIT = 700;
const AGAIN = 4000;

const form = document.querySelector("#score");
const state = document.querySelector("#score-state");
const rows = [...form.querySelectorAll("[data-criterion]")];
const dirty = new Set();
let timer = 0;
let sending = null;

// Signing in again, in another tab, gives a new token: the cookie has it, the form does not.
const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
const pointsOf = (row) => row.querySelector("[name^='points-']");
const reasonOf = (row) => row.querySelector("[name^='reason-']");
const note = form.querySelector("[name='note']");

function say(text, row, message = "") {
  state.textContent = text;
  if (row) row.querySelector(".error").textContent = message;
}

// Points that cannot be are told at once; the server has the last word.
function fault(row) {
  const text = pointsOf(row).value.trim().replace(",", ".");
  if (!text) return "";
  const value = Number(text);
  const most = Number(row.dataset.most);
  const fits = /^\d+(\.\d)?$/.test(text) && value >= 0 && value <= most;
  return fits ? "" : row.dataset.fault;
}

function mark(row) {
  const wrong = fault(row);
  pointsOf(row).toggleAttribute("aria-invalid", Boolean(wrong));
  if (wrong) pointsOf(row).setAttribute("aria-invalid", "true");
  row.querySelector(".error").textContent = wrong;
  const value = pointsOf(row).value.trim().replace(",", ".");
  for (const button of row.querySelectorAll("[data-value]")) {
    button.toggleAttribute("data-chosen", value !== "" && Number(value) === Number(button.dataset.value));
  }
  return !wrong;
}

function packed() {
  const marks = {};
  for (const row of rows) {
    if (dirty.has(row) && mark(row)) {
      marks[row.dataset.criterion] = { points: pointsOf(row).value.trim(), reason: reasonOf(row).value };
    }
  }
  return { marks, ...(dirty.has(note) ? { note: note.value } : {}) };
}

async function send() {
  if (sending) await sending;
  const parts = [...dirty];
  const body = packed();
  if (!Object.keys(body.marks).length && !("note" in body)) return true;
  state.textContent = state.dataset.saving;
  for (const part of parts) if (part === note || mark(part)) dirty.delete(part);
  sending = post(body, parts);
  const done = await sending;
  sending = null;
  return done;
}

async function post(body, parts) {
  try {
    const answer = await fetch(location.pathname, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "X-CSRFToken": cookie(form.dataset.csrf) || form.querySelector("[name='csrfmiddlewaretoken']").value,
      },
      body: JSON.stringify(body),
    });
    // A page instead of our JSON, wherever it comes from, throws: what was typed is kept and sent again.
    const told = await answer.json();
    if (answer.ok && !("done" in told)) throw new TypeError("an answer of somebody else");
    if (answer.status === 401) {
      keep(parts, told.errors?.[0]?.message);
      return false;
    }
    if (!answer.ok) {
      refuse(told.errors || []);
      return false;
    }
    state.textContent = state.dataset.saved;
    document.querySelector("[data-done]").textContent = told.done;
    document.querySelector("[data-finished]").hidden = !told.finished;
    return true;
  } catch {
    keep(parts);
    return false;
  }
}

function keep(parts, why) {
  for (const part of parts) dirty.add(part);
  say(why || state.dataset.kept);
  plan(AGAIN);
}

function refuse(errors) {
  const sentences = new Set(errors.map((error) => error.message));
  say([...sentences].join(" "));
  for (const error of errors) {
    const place = error.field && document.getElementById(`error-${error.field.replace(/^(points|reason)-/, "")}`);
    if (place) place.textContent = error.message;
  }
}

function plan(wait = WAIT) {
  clearTimeout(timer);
  timer = setTimeout(send, wait);
}

function touch(part) {
  dirty.add(part);
  if (part !== note) mark(part);
  plan();
}

const rowOf = (element) => element.closest?.("[data-criterion]");

form.addEventListener("input", (event) => touch(rowOf(event.target) || note));

form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-value]");
  if (!button) return;
  const row = rowOf(button);
  pointsOf(row).value = button.dataset.value;
  touch(row);
  reasonOf(row).focus();
});

// A digit typed over whole chosen points replaces them: the field is chosen whenever one comes to it.
form.addEventListener("focusin", (event) => {
  if (event.target.name?.startsWith("points-")) event.target.select();
});

async function goOn(from) {
  const place = rows.indexOf(from);
  const next = rows[place + 1];
  if (from && next) {
    pointsOf(next).focus();
    next.scrollIntoView({ block: "center" });
    return;
  }
  clearTimeout(timer);
  if (await send()) location.href = document.querySelector("[data-next]").href;
}

form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    goOn(rowOf(event.target));
  } else if (event.key === "Enter" && event.target.name?.startsWith("points-")) {
    event.preventDefault();
    reasonOf(rowOf(event.target)).focus();
  }
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  send();
});

addEventListener("beforeunload", (event) => {
  if (dirty.size) {
    send();
    event.preventDefault();
  }
});

for (const row of rows) mark(row);
(rows.find((row) => !pointsOf(row).value) || rows[0])?.querySelector("input").focus({ preventScroll: true });
form.dataset.ready = "yes";
