// A heat grid is one stop of the Tab key; arrows, Home and End move inside. What a cell says in words appears in the
// line `[data-heat-line]` of the same figure or section, for the mouse and the keyboard alike.
const cells = (row) => [...row.querySelectorAll("td.heat")];
const linkAt = (row, index) => cells(row)[index]?.querySelector("a.heat-mark") ?? null;

function step(mark, key) {
  const cell = mark.closest("td");
  const row = cell.parentElement;
  const index = cells(row).indexOf(cell);
  const along = (from, by, next) => {
    for (let place = from; place !== null; place = next(place, by)) {
      const link = place.row && linkAt(place.row, place.index);
      if (link) return link;
      if (!place.row || place.index < 0 || place.index >= cells(place.row).length) return null;
    }
    return null;
  };
  const sideways = (place, by) => ({ row: place.row, index: place.index + by });
  const updown = (place, by) => ({ row: by < 0 ? place.row.previousElementSibling : place.row.nextElementSibling, index: place.index });
  switch (key) {
    case "ArrowRight": return along({ row, index: index + 1 }, 1, sideways);
    case "ArrowLeft": return along({ row, index: index - 1 }, -1, sideways);
    case "Home": return along({ row, index: 0 }, 1, sideways);
    case "End": return along({ row, index: cells(row).length - 1 }, -1, sideways);
    case "ArrowDown": return along(updown({ row, index }, 1), 1, updown);
    case "ArrowUp": return along(updown({ row, index }, -1), -1, updown);
    default: return undefined;
  }
}

function settle(root) {
  for (const grid of root.querySelectorAll?.(".table-heat") ?? []) {
    grid.querySelectorAll("a.heat-mark").forEach((link, index) => { link.tabIndex = index ? -1 : 0; });
  }
}

function say(event) {
  const mark = event.target.closest?.(".heat-mark");
  if (!mark) return;
  const line = mark.closest("figure, section, main")?.querySelector("[data-heat-line]");
  if (line) line.textContent = mark.getAttribute("aria-label");
}

document.addEventListener("keydown", (event) => {
  const mark = event.target.closest?.("a.heat-mark");
  if (!mark || event.ctrlKey || event.altKey || event.metaKey) return;
  const next = step(mark, event.key);
  if (next === undefined) return;
  event.preventDefault();
  if (!next) return;
  mark.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
});
document.addEventListener("pointerover", say);
document.addEventListener("focusin", say);
document.addEventListener("htmx:load", (event) => settle(event.target));
settle(document);
