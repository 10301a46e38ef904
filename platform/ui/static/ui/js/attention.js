// The summary of errors takes the focus when it appears; its links put the focus into the field itself.
const attend = (root) => root.querySelector("[data-focus]")?.focus();

attend(document);
document.addEventListener("htmx:afterSwap", (event) => attend(event.target));

document.addEventListener("click", (event) => {
  const link = event.target.closest(".error-summary a");
  const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  field.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
});
