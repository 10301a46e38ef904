// A matrix of points for the keyboard: arrows walk between cells, digits enter points, Enter goes to the reason.
// Below each column the weighted result is kept current.

const MOST = 5;

function cells(matrix) {
  return [...matrix.querySelectorAll("input[data-row]")];
}

function at(matrix, row, column) {
  return matrix.querySelector(`input[data-row="${row}"][data-column="${column}"]`);
}

function resultOf(inputs) {
  let gained = 0, most = 0;
  for (const input of inputs) {
    if (!/^[0-5]$/.test(input.value.trim())) return null;
    gained += Number(input.value) * Number(input.dataset.weight);
    most += Number(input.dataset.weight) * MOST;
  }
  // Half up to one decimal in whole numbers, as the server does it.
  return most ? Math.floor((gained * 2000 + most) / (2 * most)) : null;
}

function show(matrix) {
  const comma = document.documentElement.lang.startsWith("pl");
  for (const output of matrix.querySelectorAll("output[data-column]")) {
    const inputs = cells(matrix).filter((input) => input.dataset.column === output.dataset.column);
    const tenths = resultOf(inputs);
    const text = tenths === null ? "–" : `${Math.floor(tenths / 10)}${comma ? "," : "."}${tenths % 10}`;
    if (output.value !== text) output.value = text;
  }
}

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function walk(matrix, input, event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const step = STEPS[event.key];
  if (step) {
    const next = at(matrix, Number(input.dataset.row) + step[0], Number(input.dataset.column) + step[1]);
    if (next) { next.focus(); next.select(); }
    event.preventDefault();
  } else if (event.key === "Enter") {
    input.closest("td").querySelector("textarea")?.focus();
    event.preventDefault();
  } else if (/^[0-5]$/.test(event.key)) {
    input.value = event.key;
    show(matrix);
    event.preventDefault();
  }
}

for (const matrix of document.querySelectorAll("[data-matrix]")) {
  matrix.addEventListener("keydown", (event) => {
    if (event.target.matches("input[data-row]")) walk(matrix, event.target, event);
  });
  matrix.addEventListener("input", () => show(matrix));
  show(matrix);
}
