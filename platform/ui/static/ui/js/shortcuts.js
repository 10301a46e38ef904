// Ctrl K (or ⌘ K) goes to the search of the frame.
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  const search = document.querySelector("[data-shortcut='search']");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
});
