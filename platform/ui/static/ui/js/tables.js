// A table's region is a stop of the Tab key only while it can be scrolled.
const watch = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const scrolls = target.scrollWidth > target.clientWidth + 1 || target.scrollHeight > target.clientHeight + 1;
    if (scrolls) target.tabIndex = 0; else target.removeAttribute("tabindex");
  }
});
const observe = (root) => root.querySelectorAll?.("[data-table-scroll]").forEach((region) => watch.observe(region));

observe(document);
document.addEventListener("htmx:load", (event) => observe(event.target));
