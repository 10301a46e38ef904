// Times of the day on a clock of 24 hours: what was understood is written as 08:30. The server decides (ui/times.py).
export function parseTime(text) {
  const found = /^(\d{1,2})(?:[:.]?(\d{2}))?$/.exec(text.trim());
  if (!found) return null;
  const [hours, minutes] = [Number(found[1]), Number(found[2] ?? 0)];
  return hours > 23 || minutes > 59 ? null : `${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`;
}

document.addEventListener("change", (event) => {
  if (!event.target.matches("input[data-time]")) return;
  event.target.value = parseTime(event.target.value) ?? event.target.value;
});
