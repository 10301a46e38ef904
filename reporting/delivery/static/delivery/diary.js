// The month grid: puts its parts together. Each part knows one thing; this file knows who tells whom.
import { Answers } from "./answers.js";
import { Blocks } from "./blocks.js";
import { Carer } from "./carer.js";
import { Copying } from "./copying.js";
import { Days } from "./days.js";
import { Details } from "./details.js";
import { Edits } from "./edits.js";
import { parseEntry } from "./entry.js";
import { History } from "./history.js";
import { openKeep } from "./keep.js";
import { Keyboard, keysOf } from "./keyboard.js";
import { Month } from "./month.js";
import { Note } from "./note.js";
import { Paint } from "./paint.js";
import { Queue } from "./queue.js";
import { Status } from "./status.js";
import { Texts } from "./texts.js";
import { Troubles } from "./troubles.js";
import { Wire } from "./wire.js";

const STALE = 60000;
const ADOPT_AGAIN = 3000;
const root = document.getElementById("diary");
const live = document.getElementById("live");
const find = (name) => document.getElementById(`diary-${name}`);

async function load(wire) {
  for (let wait = 1000; ; wait = Math.min(wait * 2, 30000)) {
    const { status, body } = await wire.load();
    if (status === 200) {
      if (live) live.textContent = "";
      return body;
    }
    if (live) live.textContent = live.dataset.lost;
    await new Promise((done) => { setTimeout(done, wait); });
  }
}

async function begin() {
  const { contract, tenant, user } = root.dataset;
  const wire = new Wire(root.dataset);
  const keep = await openKeep(`${tenant}:${user}`);
  const data = await load(wire);
  const texts = new Texts(document.documentElement.lang, data.texts);
  const month = new Month(data);
  const queue = new Queue({ keep, send: (...sent) => wire.save(...sent) });
  const paint = new Paint(root, month, queue, texts);
  const history = new History();
  const edits = new Edits({ month, queue, history, contract });
  const note = new Note({ element: find("note"), frame: root.querySelector(".diary-scroll"), foot: root.querySelector(".diary-foot") });
  const answers = new Answers({ line: find("answer"), note, month, paint, wire, texts, edits, queue });
  const blocks = new Blocks({ month, edits, paint, texts, wrongText: (parsed) => answers.wrong(parsed) });
  const table = root.querySelector("table");
  let loadedAt = Date.now();

  const placesIn = (changes) => changes.flatMap((change) => (change.kept ? [change] : [change.before, change.after])).filter(Boolean);
  const show = (changes) => {
    for (const place of placesIn(changes)) paint.place(place);
    days.show();
    undoButtons();
  };
  const details = new Details({ dialog: find("details"), month, edits, wire, texts, onDone: (place) => { paint.place(place); days.show(); undoButtons(); answers.describe(place); } });
  details.dialog.addEventListener("close", () => paint.cellAt(details.place.decision, details.place.date)?.focus());

  /** A text typed into a cell: understood and entered (taken), kept as it is with what is wrong, or asked about. */
  const enter = (place, text) => {
    const { decision, date } = place;
    const worker = month.workerOf(decision, date);
    const parsed = parseEntry(text, month.around(decision, date, worker));
    const wanted = edits.wantedOf(decision, date, parsed);
    if (wanted.visits.some((visit) => !visit.worker)) {
      details.open(place, { wanted, message: texts.say("wrong_needs_worker") });
      return "asked";
    }
    const { changes, wrong } = blocks.changesOf(decision, date, text);
    edits.apply(changes, { text });
    show(changes);
    paint.place(place);
    days.show();
    undoButtons();
    answers.describe(place);
    return wrong ? "wrong" : "taken";
  };

  const keyboard = new Keyboard(table, paint, {
    move: (cell) => answers.describe(paint.placeOf(cell)),
    open: (cell) => openCell(paint.placeOf(cell)),
    mayEdit: (cell) => mayEdit(paint.placeOf(cell)),
    describe: (cell) => { const place = paint.placeOf(cell); return texts.say("entry_of", { person: month.row(place.decision).person, day: texts.day(place.date) }); },
    typing: (cell, text) => answers.typing(paint.placeOf(cell), text),
    commit: (cell, text) => enter(paint.placeOf(cell), text),
    clear: (cells) => {
      const { changes, refused } = blocks.clear(cells);
      if (!changes && !refused) return;
      note.hide();
      repaint();
      if (changes) answers.say(texts.say("cleared"), "plain");
      else answers.describe(paint.placeOf(cells[0]));
    },
  });
  const verbs = { plan: () => copying.open("plan"), week: () => copying.open("week"), undo: () => step(edits.undo(), "undone"), redo: () => step(edits.redo(), "redone") };

  function repaint() { paint.all(); days.show(); undoButtons(); }

  function step(changes, key) {
    if (!changes) return answers.say(texts.say(`nothing_${key}`), "plain");
    note.hide();
    show(changes);
    return answers.say(texts.say(key), "plain");
  }

  function mayEdit({ decision }) {
    if (month.isOpen(decision)) return true;
    answers.say(texts.say(month.editable ? "row_closed" : "read_only"), "note");
    return false;
  }

  function openCell(place) {
    const [trouble] = queue.troublesOf(place.decision, place.date);
    if (trouble && trouble.status !== 409) correct(trouble);
    else details.open(place);
  }

  function correct(trouble) {
    const cell = paint.cellAt(trouble.decision, trouble.date);
    cell.focus();
    keyboard.edit(trouble.text);
  }

  const days = new Days({
    root: find("days"), month, paint, texts, queue,
    onPlan: (place) => enter(place, "."),
    onAbsent: (place) => enter(place, "x"),
    onOpen: (place) => openCell(place),
  });
  const troubles = new Troubles({
    panel: find("troubles"), queue, month, texts, edits,
    onChange: (trouble) => { note.hide(); repaint(); paint.cellAt(trouble.decision, trouble.date)?.focus(); },
    onCorrect: (trouble) => correct(trouble),
  });
  const copying = new Copying({ dialog: find("copy"), blocks, month, texts, edits, keyboard, paint, onDone: () => { repaint(); answers.say(texts.say("copied"), "plain"); } });
  const status = new Status({ line: find("saved"), queue, texts, signIn: root.dataset.signIn });

  new Carer({ dialog: find("carer"), root, month, onDone: (decision) => paint.row(decision) });

  queue.addEventListener("result", ({ detail }) => {
    edits.settle(detail);
    paint.place(detail.operation);
    for (const visit of detail.result.current ?? []) paint.place(visit);
    days.show();
    if (detail.result.status !== 200) answers.refused(detail.operation, Boolean(keyboard.input));
  });
  queue.addEventListener("change", () => { if (!keep.works) find("unsafe").hidden = false; });

  function undoButtons() {
    find("undo").disabled = !history.done.length;
    find("redo").disabled = !history.undone.length;
  }

  /** What others entered meanwhile, whenever somebody comes back to a page that waits for nothing. */
  async function refresh() {
    queue.retry();
    if (document.hidden || queue.size || keyboard.input || Date.now() - loadedAt < STALE) return;
    const fresh = await wire.load();
    if (fresh.status !== 200 || queue.size || keyboard.input) return;
    loadedAt = Date.now();
    month.replace(fresh.body);
    repaint();
  }

  const inGrid = () => !keyboard.input && table.contains(document.activeElement) && document.activeElement.matches("td[data-cell]");
  for (const [name, verb] of Object.entries(verbs)) find(name)?.addEventListener("click", verb);
  addEventListener("online", () => queue.retry());
  addEventListener("focus", refresh);
  document.addEventListener("visibilitychange", refresh);
  document.addEventListener("keydown", (event) => {
    const kind = month.editable && keysOf(event);
    // Wherever one is on the page; in a field the browser takes back what was typed there.
    if (!kind || event.target.closest("input, select, textarea, dialog")) return;
    event.preventDefault();
    verbs[kind]();
  });
  document.addEventListener("copy", (event) => {
    if (!inGrid()) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", blocks.textOf(keyboard.block()));
  });
  document.addEventListener("cut", (event) => {
    if (!inGrid() || !month.editable) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", blocks.textOf(keyboard.block()));
    blocks.clear(keyboard.block().flat());
    repaint();
  });
  document.addEventListener("paste", (event) => {
    if (!inGrid()) return;
    event.preventDefault();
    const said = blocks.paste(event.clipboardData.getData("text/plain"), keyboard.block());
    repaint();
    answers.say([texts.count("pasted", said.entered), said.wrong && texts.count("pasted_wrong", said.wrong), said.outside && texts.count("pasted_outside", said.outside)].filter(Boolean).join(" · "), said.wrong || said.outside ? "note" : "plain");
  });

  edits.overlay();
  repaint();
  keyboard.start(paint.days.indexOf(month.today));
  for (const part of root.querySelectorAll("[data-needs-diary]")) part.hidden = !month.takesEntries;
  if (month.editable && !keep.works) find("unsafe").hidden = false;
  root.classList.add("is-ready");
  root.dataset.ready = "yes";
  paint.cells[0]?.[paint.days.indexOf(month.today)]?.scrollIntoView({ block: "nearest", inline: "center" });
  queue.flush();
  setTimeout(async () => {
    await keep.look();
    if (!queue.adopt()) return;
    edits.overlay();
    repaint();
    queue.flush();
  }, ADOPT_AGAIN);
  return { troubles, status };
}

if (root?.dataset.contract) begin();
