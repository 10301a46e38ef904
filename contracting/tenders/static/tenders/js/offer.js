// The editor of a section: it saves itself, says what is amiss, and shows both values where two people wrote one.
import { Saver } from "./saver.js";
import "./sections.js";
import { Section } from "./section.js";
import { showSums, takeSums } from "./sums.js";

const form = document.getElementById("offer-form");
const section = new Section(form);
const base = JSON.parse(form.querySelector("[data-base]").value);
const saver = new Saver({ section, address: form.dataset.save, name: `${form.dataset.user}:${form.dataset.offer}:${section.key}`, csrf: form.dataset.csrf, base });
const line = form.querySelector("[data-saved]");

saver.addEventListener("state", ({ detail: { state, detail } }) => {
  const texts = { saving: line.dataset.saving, done: line.dataset.done.replace("{time}", detail), offline: line.dataset.offline, "signed-out": line.dataset.signedOut, clash: line.dataset.clash, refused: detail || line.dataset.refused, restored: line.dataset.restored };
  line.textContent = texts[state];
  line.dataset.state = state;
});

/** Sentences under the fields they belong to. */
function showProblems(problems, ofSection) {
  for (const place of form.querySelectorAll("[data-problem]")) {
    const control = place.closest(".field").querySelector("[name]");
    // A list of choices that is empty has no control and nothing to be amiss.
    if (!control) continue;
    const told = problems[control.name]?.join(" ") ?? "";
    place.textContent = told;
    place.hidden = !told;
    if (told) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
  const place = form.querySelector("[data-section-problems]");
  place.replaceChildren(...ofSection.map((text) => Object.assign(document.createElement("p"), { className: "notice notice-warn", textContent: text })));
}

saver.addEventListener("saved", ({ detail: body }) => {
  // Names of rows follow their order; where an empty row stands between, problems wait for the next page.
  showProblems(body.problems, body.section_problems);
  if (!saver.waits) takeSums(body.sums);
});

saver.addEventListener("clash", ({ detail: clashes }) => {
  const place = form.querySelector("[data-clashes]");
  for (const clash of clashes) {
    if (place.querySelector(`[data-key="${CSS.escape(clash.key)}"]`)) continue;
    const panel = document.getElementById("clash-template").content.cloneNode(true).firstElementChild;
    panel.dataset.key = clash.key;
    panel.querySelector("[data-label]").textContent = clash.label;
    panel.querySelector("[data-theirs]").textContent = clash.theirs_text;
    panel.querySelector("[data-mine]").textContent = clash.mine_text;
    panel.addEventListener("click", (event) => {
      const take = event.target.closest("[data-take]")?.dataset.take;
      if (!take) return;
      saver.settle(clash, take);
      refresh();
      panel.remove();
    });
    place.append(panel);
    panel.focus();
  }
});

function count(area) {
  const place = area.closest(".field").querySelector("[data-counter]");
  if (!place) return;
  const [length, most] = [area.value.length, Number(area.dataset.most)];
  place.textContent = place.dataset.counter.replace("{n}", length).replace("{most}", most);
  place.classList.toggle("counter-over", length > most);
}

function refresh() {
  showSums(section);
  for (const area of form.querySelectorAll("textarea")) count(area);
}

form.addEventListener("input", (event) => {
  if (event.target.matches("textarea")) count(event.target);
  if (event.target.matches('[data-name="measure"]')) takeUnit(event.target);
  showSums(section);
  saver.changed();
});

const units = JSON.parse(document.getElementById("measure-units")?.textContent ?? "{}");
function takeUnit(select) {
  const [unit, direction] = units[select.value] ?? [];
  if (!unit) return;
  const row = select.closest("[data-row]");
  row.querySelector('[data-name="unit"]').value = unit;
  row.querySelector('[data-name="direction"]').value = direction;
}

/** A new row begins with the kind and the year of the one before it. */
function add(group) {
  const before = section.rowsOf(group).at(-1);
  const row = section.addRow(group);
  for (const name of ["kind", "year"]) {
    const [from, to] = [before, row].map((one) => one?.querySelector(`[data-name="${name}"]`));
    if (from && to) to.value = from.value;
  }
  row.querySelector("input:not([type=hidden]), select, textarea").focus();
  return row;
}

/** The last row, where nobody has written in it yet. */
function emptyRow(group) {
  const last = section.rowsOf(group).at(-1);
  const written = last && Object.values(section.readFields(last.querySelectorAll("[data-name]"))).some((value) => (Array.isArray(value) ? value.length : value));
  return last && !written ? last : undefined;
}

const suggestions = JSON.parse(document.getElementById("suggestions")?.textContent ?? "[]");
form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if ("add" in button.dataset) { event.preventDefault(); add(button.closest("[data-rows]")); }
  if ("remove" in button.dataset) {
    const group = button.closest("[data-rows]");
    button.closest("[data-row]").remove();
    section.renumber(group);
    group.querySelector("[data-add]").focus();
    showSums(section);
    saver.changed();
  }
  if ("suggest" in button.dataset) {
    const group = form.querySelector("[data-rows]");
    const row = emptyRow(group) ?? add(group);
    section.fillFields(row.querySelectorAll("[data-name]"), suggestions[button.dataset.suggest]);
    row.querySelector('[data-name="value"]').focus();
    saver.changed();
  }
});

// Going on waits until the server has everything; without a connection the page stays.
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const goal = event.submitter?.dataset.go;
  if (await saver.flush()) {
    if (goal) window.location.assign(goal);
  } else form.querySelector("[data-clashes] .clash")?.focus();
});

for (const button of form.querySelectorAll("[data-row] [data-remove]")) button.hidden = false;
form.querySelector("[data-suggestions]")?.removeAttribute("hidden");
line.textContent = line.dataset.idle;
saver.restore();
refresh();
if (window.location.hash) document.getElementById(window.location.hash.slice(1))?.focus();
form.dataset.ready = "";
