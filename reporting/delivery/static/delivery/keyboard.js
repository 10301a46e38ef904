// Moving about in the grid and typing into it: one stop of the Tab key, arrows inside, blocks with Shift.
const PAGE = 10;

/** "undo" or "redo" where the keys mean it. */
export function keysOf({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  if (!(ctrlKey || metaKey) || altKey) return null;
  if (key.toLowerCase() === "y") return "redo";
  if (key.toLowerCase() !== "z") return null;
  return shiftKey ? "redo" : "undo";
}

export class Keyboard {
  /** `on`: move(cell), open(cell), commit(cell, text) → what became of it, typing(cell, text), clear(cells). */
  constructor(table, paint, on) {
    Object.assign(this, { table, paint, on });
    this.at = { row: 0, day: 0 };
    this.anchor = null;
    this.input = null;
    table.setAttribute("role", "grid");
    table.setAttribute("aria-multiselectable", "true");
    for (const row of paint.cells) for (const cell of row) cell.tabIndex = -1;
    for (const inner of table.querySelectorAll("tbody a, tbody button")) inner.tabIndex = -1;
    table.addEventListener("keydown", (event) => this.keydown(event));
    table.addEventListener("focusin", (event) => this.focusin(event));
    table.addEventListener("mousedown", (event) => this.mousedown(event));
    table.addEventListener("dblclick", (event) => this.dblclick(event));
  }

  get rows() { return this.paint.cells.length; }

  get days() { return this.paint.days.length; }

  cell({ row, day } = this.at) { return this.paint.cells[row]?.[day]; }

  /** Where the Tab key enters the grid first: the day given, in the first row. */
  start(day) {
    if (!this.rows) return;
    this.at = { row: 0, day: Math.max(0, day) };
    this.cell().tabIndex = 0;
  }

  focusin(event) {
    const cell = event.target.closest("td[data-cell]");
    if (!cell || event.target !== cell) return;
    const row = this.paint.cells.findIndex((cells) => cells.includes(cell));
    this.cell()?.setAttribute("tabindex", "-1");
    this.at = { row, day: this.paint.cells[row].indexOf(cell) };
    cell.tabIndex = 0;
    this.on.move(cell);
  }

  /** Go to a place, keeping within the grid; with `extend` the block between it and the anchor is selected. */
  go(row, day, extend = false) {
    const from = this.at;
    const to = { row: Math.min(Math.max(row, 0), this.rows - 1), day: Math.min(Math.max(day, 0), this.days - 1) };
    if (extend) this.anchor ??= from; else this.anchor = null;
    const cell = this.cell(to);
    cell.focus({ preventScroll: true });
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.mark();
  }

  /** The places of the selected block, row by row. */
  block() {
    const from = this.anchor ?? this.at;
    const rows = [Math.min(from.row, this.at.row), Math.max(from.row, this.at.row)];
    const days = [Math.min(from.day, this.at.day), Math.max(from.day, this.at.day)];
    return this.paint.cells.slice(rows[0], rows[1] + 1).map((cells) => cells.slice(days[0], days[1] + 1));
  }

  mark() {
    for (const cell of this.table.querySelectorAll("[aria-selected]")) cell.removeAttribute("aria-selected");
    if (this.anchor) for (const cells of this.block()) for (const cell of cells) cell.setAttribute("aria-selected", "true");
  }

  mousedown(event) {
    const cell = event.target.closest("td[data-cell]");
    if (!cell || event.target.closest("input")) return;
    const row = this.paint.cells.findIndex((cells) => cells.includes(cell));
    event.preventDefault();
    if (this.commit() === "wrong") this.go(this.at.row, this.at.day);
    else this.go(row, this.paint.cells[row].indexOf(cell), event.shiftKey);
  }

  dblclick(event) {
    const cell = event.target.closest("td[data-cell]");
    if (cell) this.on.open(cell);
  }

  keydown(event) {
    if (this.input) return this.editing(event);
    const cell = event.target.closest("td[data-cell]");
    if (!cell) return this.aside(event);
    const command = event.ctrlKey || event.metaKey;
    const { row, day } = this.at;
    const moves = {
      ArrowLeft: () => (day === 0 && !event.shiftKey && !command ? this.enterHead(row) : this.go(row, command ? 0 : day - 1, event.shiftKey)),
      ArrowRight: () => this.go(row, command ? this.days - 1 : day + 1, event.shiftKey),
      ArrowUp: () => this.go(command ? 0 : row - 1, day, event.shiftKey),
      ArrowDown: () => this.go(command ? this.rows - 1 : row + 1, day, event.shiftKey),
      Home: () => this.go(command ? 0 : row, 0, event.shiftKey),
      End: () => this.go(command ? this.rows - 1 : row, this.days - 1, event.shiftKey),
      PageUp: () => this.go(row - PAGE, day, event.shiftKey),
      PageDown: () => this.go(row + PAGE, day, event.shiftKey),
      Enter: () => this.on.open(cell),
      F2: () => this.on.open(cell),
      Delete: () => this.on.clear(this.block().flat()),
      Backspace: () => this.on.clear(this.block().flat()),
      Escape: () => this.go(row, day),
    };
    if (moves[event.key] && !event.altKey) this.taken(event, moves[event.key]);
    else if (event.key.length === 1 && !command && !event.altKey && event.key !== " ") this.taken(event, () => this.edit(event.key));
  }

  taken(event, verb) {
    event.preventDefault();
    verb();
  }

  /** Links and buttons at the head of a row are reached by the arrow to the left and left by the arrow to the right. */
  enterHead(row) {
    const inner = [...this.paint.bodyRows[row].querySelectorAll("th a, th button")].filter((each) => !each.hidden);
    inner.at(-1)?.focus();
  }

  aside(event) {
    const row = this.paint.bodyRows.indexOf(event.target.closest("[data-row]"));
    if (row < 0) return;
    const inner = [...this.paint.bodyRows[row].querySelectorAll("th a, th button")].filter((each) => !each.hidden);
    const at = inner.indexOf(event.target);
    if (event.key === "ArrowRight") this.taken(event, () => (inner[at + 1] ? inner[at + 1].focus() : this.go(row, 0)));
    else if (event.key === "ArrowLeft" && at > 0) this.taken(event, () => inner[at - 1].focus());
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") this.taken(event, () => this.go(row + (event.key === "ArrowUp" ? -1 : 1), 0));
  }

  /** Type into the cell: `text` replaces what stands there. */
  edit(text) {
    const cell = this.cell();
    if (!this.on.mayEdit(cell)) return;
    const input = document.createElement("input");
    input.className = "diary-input";
    input.autocomplete = "off";
    input.spellcheck = false;
    input.setAttribute("aria-label", this.on.describe(cell));
    input.value = text;
    cell.replaceChildren(input);
    cell.classList.add("cell-editing");
    this.input = input;
    input.addEventListener("input", () => this.on.typing(cell, input.value));
    input.addEventListener("blur", () => this.commit());
    input.focus({ preventScroll: true });
    input.setSelectionRange(text.length, text.length);
    this.on.typing(cell, text);
  }

  editing(event) {
    const { row, day } = this.at;
    const { selectionStart: caret, value } = this.input;
    const leave = {
      Enter: [event.shiftKey ? -1 : 1, 0],
      Tab: [0, event.shiftKey ? -1 : 1],
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowRight: caret === value.length ? [0, 1] : null,
      ArrowLeft: caret === 0 ? [0, -1] : null,
    }[event.key];
    if (event.key === "Escape") this.taken(event, () => { this.close(); this.go(row, day); });
    else if (leave) {
      this.taken(event, () => {
        const done = this.commit();
        if (done === "taken") this.go(row + leave[0], day + leave[1]);
        else if (done === "wrong") this.go(row, day);
      });
    }
    event.stopPropagation();
  }

  close() {
    const { input } = this;
    if (!input) return null;
    this.input = null;
    const cell = input.closest("td");
    cell.classList.remove("cell-editing");
    cell.textContent = "";
    this.paint.place(this.paint.placeOf(cell));
    return cell;
  }

  /** What became of the text: taken, wrong (one stays, to read why), or asked (a dialog has opened). */
  commit() {
    const text = this.input?.value;
    const cell = this.close();
    return cell ? this.on.commit(cell, text) : "taken";
  }
}
