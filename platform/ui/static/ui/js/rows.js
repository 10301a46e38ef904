// Rows of a form that can be added: <div data-rows> with the management form, rows, a <template> and a button.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-row]");
  if (!button) return;
  const group = button.closest("[data-rows]");
  const total = group.querySelector("input[name$='-TOTAL_FORMS']");
  const template = group.querySelector("template");
  const holder = document.createElement(template.parentElement.localName);
  holder.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value);
  const row = holder.firstElementChild;
  template.before(row);
  total.value = Number(total.value) + 1;
  row.querySelector("input:not([type=hidden]), select")?.focus();
});
