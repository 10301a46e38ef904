// How the month looks: the text and the marks of every cell, sums of rows and days. The server draws the same first.
import { shifted } from "./blocks.js";
import { clock } from "./entry.js";
import { durationText } from "../ui/js/durations.js";

const MARKS = { no_show: "×", cancelled: "○", draft: "?" };
const CHANGING = ["cell-planned", "cell-many", "cell-outside", "cell-waiting", "cell-wrong", "cell-conflict"];

export class Paint {
  constructor(root, month, queue, texts) {
    Object.assign(this, { root, month, queue, texts });
    this.days = [...root.querySelectorAll("thead [data-date]")].map((head) => head.dataset.date);
    this.bodyRows = [...root.querySelectorAll("tbody [data-row]")];
    this.rowOf = new Map(this.bodyRows.map((row) => [row.dataset.row, row]));
    this.cells = this.bodyRows.map((row) => [...row.querySelectorAll("td[data-cell]")]);
    this.totals = [...root.querySelectorAll("tfoot [data-total]")];
    // Rows of other pages of the grid are in the first totals only.
    this.allUsed = root.querySelector("[data-all-used]");
    this.allLeft = root.querySelector("[data-all-left]");
    this.atFirst = this.usedHere();
    this.beyond = this.totals.map((total, at) => Number(total.dataset.total) - this.month.dayTotal(this.days[at]));
  }

  cellAt(decision, date) {
    const row = this.rowOf.get(decision);
    return row ? this.cells[this.bodyRows.indexOf(row)][this.days.indexOf(date)] : null;
  }

  placeOf(cell) {
    const row = cell.closest("[data-row]");
    const at = this.cells[this.bodyRows.indexOf(row)].indexOf(cell);
    return { decision: row.dataset.row, date: this.days[at] };
  }

  /** The text of a cell: minutes done, else a mark of what happened instead. */
  textOf(decision, date) {
    const visits = this.month.cell(decision, date);
    if (!visits.length) return "";
    const minutes = this.month.minutes(decision, date);
    return minutes ? clock(minutes) : MARKS[visits[0].state];
  }

  /** What is to be checked in a cell: visits longer than usual. */
  remarkOn(visits, date) {
    const told = visits.filter((visit) => this.month.isLong(visit)).map(({ start, end, minutes }) => this.texts.say("unusually_long", {
      value: `${start}–${end < start ? `${this.texts.shortDay(shifted(date, 1))}, ` : ""}${end}`, length: durationText(minutes), limit: durationText(this.month.longestUsual),
    }));
    return told.join(" ");
  }

  /** The remark stays at the cell, under the pointer and for screen readers, until its visits are changed. */
  remark(cell, told) {
    cell.classList.toggle("cell-long", Boolean(told));
    if (!told) return cell.removeAttribute("title");
    cell.title = told;
    return cell.append(" ", Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: told }));
  }

  cell(decision, date) {
    const cell = this.cellAt(decision, date);
    if (!cell || cell.querySelector("input")) return;
    const visits = this.month.cell(decision, date);
    const trouble = this.queue.troublesOf(decision, date)[0];
    cell.textContent = trouble && trouble.status !== 409 ? trouble.text : this.textOf(decision, date);
    const marks = {
      "cell-planned": !visits.length && this.month.planned(decision, date).length > 0,
      "cell-many": visits.length > 1,
      "cell-outside": this.month.isOff(decision, date) && this.month.minutes(decision, date) > 0,
      "cell-waiting": this.queue.isWaiting(decision, date),
      "cell-wrong": Boolean(trouble) && trouble.status !== 409,
      "cell-conflict": trouble?.status === 409,
    };
    for (const mark of CHANGING) cell.classList.toggle(mark, marks[mark]);
    this.remark(cell, marks["cell-wrong"] ? "" : this.remarkOn(visits, date));
    if (trouble) cell.setAttribute("aria-invalid", "true"); else cell.removeAttribute("aria-invalid");
  }

  row(decision) {
    const row = this.rowOf.get(decision);
    if (!row) return;
    const used = this.month.rowUsed(decision);
    const left = this.month.row(decision).granted - used;
    row.querySelector("[data-used]").textContent = clock(used);
    const shown = row.querySelector("[data-left]");
    shown.textContent = clock(left);
    shown.classList.toggle("over", left < 0);
    const who = row.querySelector("[data-who-name]");
    if (who) who.textContent = this.workerName(decision);
  }

  usedHere() {
    return [...this.month.rows.keys()].reduce((sum, decision) => sum + this.month.rowUsed(decision), 0);
  }

  /** The last column of the sums: all rows of all pages, with what was typed since the page was drawn. */
  sums() {
    const since = this.usedHere() - this.atFirst;
    const left = Number(this.allLeft.dataset.allLeft) - since;
    this.allUsed.textContent = clock(Number(this.allUsed.dataset.allUsed) + since);
    this.allLeft.textContent = clock(left);
    this.allLeft.classList.toggle("over", left < 0);
  }

  workerName(decision) {
    const name = this.month.workers.get(this.month.workerOf(decision))?.name;
    return name ? name.replace(/ (\S)\S*$/, " $1.") : this.root.dataset.whoMissing;
  }

  day(date) {
    const at = this.days.indexOf(date);
    if (at < 0 || !this.totals[at]) return;
    const minutes = this.month.dayTotal(date) + this.beyond[at];
    this.totals[at].textContent = minutes ? clock(minutes) : "";
  }

  place({ decision, date }) {
    this.cell(decision, date);
    this.row(decision);
    this.day(date);
    this.sums();
  }

  all() {
    for (const decision of this.month.rows.keys()) {
      for (const date of this.days) this.cell(decision, date);
      this.row(decision);
    }
    for (const date of this.days) this.day(date);
    this.sums();
  }
}
