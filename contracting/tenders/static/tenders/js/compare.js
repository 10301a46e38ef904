// The matrix by keyboard and pointer: arrows walk, a cell opens beside it, two ticks lead to two offers side by side.
const panel = document.querySelector("#cell-panel");
let opened = null;

const cellAt = (row, column) => row?.querySelectorAll("td.points, td")[column]?.querySelector("[data-cell]");

function walk(link, key) {
  const cell = link.closest("td");
  const row = cell.closest("tr");
  const column = [...row.querySelectorAll("td.points, td")].indexOf(cell);
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
  const rows = [...row.parentElement.querySelectorAll("[data-row]")];
  return cellAt(rows[rows.indexOf(row) + step[0]], column + step[1]);
}

async function open(link) {
  const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
  if (!answer.ok) {
    location.href = link.href;
    return;
  }
  panel.innerHTML = await answer.text();
  panel.show();
  opened?.removeAttribute("aria-current");
  opened = link;
  link.setAttribute("aria-current", "true");
  panel.querySelector("[data-close]").hidden = false;
  panel.scrollTop = 0;
  panel.querySelector("[data-cell-title]").focus();
}

function close() {
  if (!panel.open) return;
  panel.close();
  opened?.removeAttribute("aria-current");
  opened?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-cell]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    open(link);
  } else if (event.target.closest("[data-close]")) {
    close();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
  const link = event.target.closest?.("[data-cell]");
  if (!link || !event.key.startsWith("Arrow")) return;
  const there = walk(link, event.key);
  event.preventDefault();
  there?.focus();
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("#pair-form");
  if (form && form.querySelectorAll("[name='offer']:checked").length === 2) form.requestSubmit();
});

// Going back finds the boxes as they were ticked; begin anew.
addEventListener("pageshow", () => {
  for (const box of document.querySelectorAll("#pair-form [name='offer']")) box.checked = false;
});

// One scale, that of the matrix: percent of all. What one weight takes, the others give up in proportion.
const percent = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });

function move(range) {
  const others = [...range.form.querySelectorAll("[type='range']")].filter((other) => other !== range);
  const rest = others.reduce((sum, other) => sum + Number(other.value), 0);
  range.value = Math.round(range.value);
  for (const other of others) {
    const share = rest > 0 ? Number(other.value) / rest : 1 / others.length;
    other.value = ((100 - range.value) * share).toFixed(4);
  }
  for (const one of [range, ...others]) one.nextElementSibling.value = `${percent.format(one.value)} %`;
}

document.addEventListener("input", (event) => {
  if (event.target.matches(".weights-form [type='range']")) move(event.target);
});
