// Answering deviations: tick a whole group at once, see how many are ticked, and go on where the answer left off.
const month = () => document.getElementById("month");
const picks = (root = month()) => [...(root?.querySelectorAll("[data-pick]") ?? [])];
const placeOf = (pick) => pick.closest(".point").id;

function count() {
  for (const bar of document.querySelectorAll(".answer-bar")) {
    const ticked = [...bar.elements].filter((field) => field.matches("[data-pick]:checked")).length;
    const line = bar.querySelector("[data-picked]");
    line.hidden = !ticked;
    line.querySelector("b").textContent = ticked;
  }
  for (const all of month()?.querySelectorAll("[data-pick-all]") ?? []) {
    const group = picks(all.closest("details"));
    const ticked = group.filter((pick) => pick.checked).length;
    all.checked = ticked > 0 && ticked === group.length;
    all.indeterminate = ticked > 0 && ticked < group.length;
  }
}

function begin() {
  for (const label of month()?.querySelectorAll(".pick-all[hidden]") ?? []) label.hidden = false;
  count();
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-all]")) {
    for (const pick of picks(event.target.closest("details"))) pick.checked = event.target.checked;
  }
  if (event.target.matches("[data-pick-all], [data-pick]")) count();
});

// Where to go on: at the first deviation still open after the last that was answered; after a withdrawal, at the same.
let leftOff = null;

// Sorting leaves the keyboard at the heading that was chosen.
const headings = () => [...document.querySelectorAll("#decisions thead a")];
let sortedBy = -1;

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt;
  leftOff = null;
  sortedBy = headings().indexOf(form);
  if (form.matches(".withdraw-form")) leftOff = { part: form.closest(".points"), after: [form.closest(".point").id] };
  if (form.matches(".answer-bar")) {
    const open = picks(form.closest(".points"));
    const last = open.findLastIndex((pick) => pick.checked);
    leftOff = { part: form.closest(".points"), after: open.slice(last + 1).map(placeOf) };
  }
});

function goOn({ part, after }) {
  const now = document.getElementById(part.id);
  const open = picks(now);
  const next = after.map((place) => open.find((pick) => placeOf(pick) === place)).find(Boolean) ?? open[0];
  const folded = next?.closest("details:not([open])");
  if (folded) folded.open = true;
  (next ?? now.querySelector("h2")).focus();
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "month") return;
  begin();
  const notices = [...month().querySelectorAll(".messages .notice-text, .notice-must .notice-text")];
  const told = notices.map((notice) => notice.textContent.trim());
  if (leftOff && !month().querySelector("[data-focus]")) {
    goOn(leftOff);
    told.push(document.querySelector(`#${leftOff.part.id} > h2`).textContent.replace(/\s+/g, " ").trim());
  }
  leftOff = null;
  headings()[sortedBy]?.focus();
  sortedBy = -1;
  document.getElementById("told").textContent = told.join(" ");
});

begin();
