// Says under a field of a duration what was understood. The server decides; its rules are in kernel/durations.py.
export function parseDuration(text) {
  const packed = text.replace(/[\s\u00a0\u202f]+/g, "");
  const clock = /^(\d{1,6}):(\d{1,2})$/.exec(packed);
  if (clock) return Number(clock[2]) > 59 ? null : Number(clock[1]) * 60 + Number(clock[2]);
  if (/^\d{1,7}(?:[.,]\d{1,4})?$/.test(packed)) return ofHours(packed);
  const words = /^(?:(\d{1,7}(?:[.,]\d{1,4})?)(?:h|hrs?|hours?|g|godz\.?|godzin[ay]?))?(?:(\d{1,7})(?:m|min\.?|mins?|minutes?|minut[ay]?)?)?$/i.exec(packed);
  if (!packed || !words) return null;
  const [, hours, minutes] = words;
  if (hours && minutes && Number(minutes) > 59) return null;
  const whole = hours ? ofHours(hours) : 0;
  return whole === null ? null : whole + Number(minutes ?? 0);
}

function ofHours(number) {
  const [whole, part = ""] = number.split(/[.,]/);
  const tenThousandths = Number(part.padEnd(4, "0")) * 60;
  return tenThousandths % 10000 ? null : Number(whole) * 60 + tenThousandths / 10000;
}

export function durationText(minutes) {
  const hours = Math.floor(minutes / 60), rest = minutes % 60, parts = [];
  if (hours || !rest) parts.push(`${hours}\u00a0h`);
  if (rest) parts.push(`${rest}\u00a0min`);
  return parts.join("\u00a0");
}

function show(input) {
  let note = input.nextElementSibling;
  if (!note?.matches(".understood")) {
    note = document.createElement("span");
    note.className = "understood";
    note.setAttribute("aria-live", "polite");
    input.after(note);
  }
  const minutes = parseDuration(input.value);
  note.textContent = minutes ? `= ${durationText(minutes)}` : "";
}

if (globalThis.document) {
  document.addEventListener("input", (event) => { if (event.target.matches("[data-duration]")) show(event.target); });
  for (const input of document.querySelectorAll("[data-duration]")) if (input.value) show(input);
}
