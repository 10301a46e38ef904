// A section of an offer as the page shows it: reading what is typed, and putting values back into fields and rows.
const inRow = (element) => element.closest("[data-row]");

export class Section {
  constructor(form) {
    this.form = form;
    this.key = form.dataset.section;
  }

  groups() { return [...this.form.querySelectorAll("[data-rows]")]; }

  /** The name of a group's list within the section; "" where the section itself is a list. */
  listOf(group) { return group.dataset.rows === this.key ? "" : group.dataset.rows.slice(this.key.length + 1); }

  rowsOf(group) { return [...group.querySelectorAll("[data-rows-list] > [data-row]")]; }

  read() {
    const lists = Object.fromEntries(this.groups().map((group) => [this.listOf(group), this.rowsOf(group).map((row) => this.readFields(row.querySelectorAll("[data-name]")))]));
    if ("" in lists) return lists[""];
    const own = [...this.form.querySelectorAll("[data-name]")].filter((element) => !inRow(element));
    return { ...this.readFields(own), ...lists };
  }

  readFields(elements) {
    const value = {};
    for (const element of elements) {
      const name = element.dataset.name;
      if ("codes" in element.dataset) {
        value[name] ??= [];
        if (element.checked) value[name].push(element.value);
      } else value[name] = element.type === "checkbox" ? element.checked : element.value;
    }
    return value;
  }

  fill(value) {
    for (const group of this.groups()) {
      const name = this.listOf(group);
      this.fillRows(group, name === "" ? value : value[name] ?? []);
    }
    if (Array.isArray(value)) return;
    const own = [...this.form.querySelectorAll("[data-name]")].filter((element) => !inRow(element));
    this.fillFields(own, value);
  }

  fillRows(group, rows) {
    if (group.querySelector("[data-row-template]")) {
      for (const row of this.rowsOf(group)) row.remove();
      for (const value of rows) this.fillFields(this.addRow(group).querySelectorAll("[data-name]"), value);
    } else this.rowsOf(group).forEach((row, at) => { if (rows[at]) this.fillFields(row.querySelectorAll("[data-name]"), rows[at]); });
  }

  fillFields(elements, value) {
    for (const element of elements) {
      const wanted = value[element.dataset.name];
      if (wanted === undefined) continue;
      if ("codes" in element.dataset) element.checked = wanted.includes(element.value);
      else if (element.type === "checkbox") element.checked = wanted === true;
      else element.value = this.typed(element, wanted);
    }
  }

  /** Stored figures as people type them: a comma in numbers, hours for minutes, 31.01.2027 for days. */
  typed(element, value) {
    if ("day" in element.dataset) return value.replace(/^(\d{4})-(\d\d)-(\d\d)$/, "$3.$2.$1");
    if (typeof value !== "number") return element.inputMode === "decimal" ? value.replace(/^(\d+)\.(\d\d)$/, (_all, whole, rest) => (rest === "00" ? whole : `${whole},${rest}`)) : value;
    const rest = String(value % 60).padStart(2, "0");
    return value ? `${Math.floor(value / 60)}${rest === "00" ? "" : `:${rest}`}` : "";
  }

  addRow(group) {
    const template = group.querySelector("[data-row-template]");
    const taken = this.rowsOf(group).map((row) => Number(row.querySelector("[name]").name.slice(group.dataset.rows.length + 1).split(".")[0]));
    const index = Math.max(-1, ...taken) + 1;
    const holder = document.createElement("div");
    holder.innerHTML = template.innerHTML.replaceAll("__row__", index);
    const row = holder.querySelector("[data-row]");
    row.querySelector("[data-remove]")?.removeAttribute("hidden");
    group.querySelector("[data-rows-list]").append(row);
    this.renumber(group);
    return row;
  }

  renumber(group) {
    this.rowsOf(group).forEach((row, at) => { row.querySelector("[data-number]").textContent = at + 1; });
  }
}
