// What is typed into a cell, understood: `8-10`, `8:30-10:15`, `2h`, `8:00 2h`, `.` as planned, `x` person absent. Pure: no page.
export const DAY = 1440;

const DASHES = /[‐‑‒–—−]/g;
const TIME = /^(\d{1,2})(?:[:.](\d{2}))?$|^(\d{1,2})(\d{2})$/;
const CLOCK = /^(\d{1,3}):(\d{2})$/;
const HOURS = /^(\d{1,3}(?:[.,]\d{1,2})?)(?:h|g|godz\.?)?$/;
const HOURS_MINUTES = /^(\d{1,2})(?:h|g)(\d{1,2})m?(?:in)?$/;
const MINUTES = /^(\d{1,4})(?:m|min)$/;

const pad = (number) => String(number).padStart(2, "0");

/** "08:30" → 510 */
export function minuteOf(at) {
  const [hours, minutes] = at.split(":").map(Number);
  return hours * 60 + minutes;
}

/** 510 → "08:30"; 1500 → "01:00", the next day */
export function timeOf(minute) {
  const within = ((minute % DAY) + DAY) % DAY;
  return `${pad(Math.floor(within / 60))}:${pad(within % 60)}`;
}

/** Minutes by the clock on the wall; an end before the start is on the next day. */
export function lengthOf(start, end) {
  return (minuteOf(end) - minuteOf(start) + DAY) % DAY;
}

/** 150 → "2:30", 74400 → "1 240:00", -90 → "−1:30": as the server writes it. */
export function clock(minutes) {
  const rest = Math.abs(minutes);
  const between = globalThis.document?.documentElement.lang === "en" ? "," : "\u202f";
  const hours = String(Math.floor(rest / 60)).replace(/\B(?=(\d{3})+$)/g, between);
  return `${minutes < 0 ? "−" : ""}${hours}:${pad(rest % 60)}`;
}

/** "8" → "8:00", "08:30" → "8:30": as one would type it again. */
export const shortTime = (at) => at.replace(/^0/, "").replace(/:00$/, "");

/** The text that stands for a visit when its cell is opened again. */
export function textOf(visit) {
  const range = `${shortTime(visit.start)}-${shortTime(visit.end)}`;
  return visit.state === "no_show" ? `x ${range}` : range;
}

class Wrong extends Error {
  constructor(code, part) {
    super(code);
    this.code = code;
    this.part = part;
  }
}

function time(text) {
  const found = TIME.exec(text);
  if (!found) throw new Wrong("not_understood", text);
  const hours = Number(found[1] ?? found[3]);
  const minutes = Number(found[2] ?? found[4] ?? 0);
  if (minutes > 59 || hours > 24 || (hours === 24 && minutes)) throw new Wrong("no_such_time", text);
  return timeOf(hours * 60 + minutes);
}

function duration(text) {
  let found = CLOCK.exec(text) ?? HOURS_MINUTES.exec(text);
  let minutes;
  if (found) {
    if (Number(found[2]) > 59) throw new Wrong("not_understood", text);
    minutes = Number(found[1]) * 60 + Number(found[2]);
  } else if ((found = MINUTES.exec(text))) {
    minutes = Number(found[1]);
  } else if ((found = HOURS.exec(text))) {
    minutes = Number(found[1].replace(",", ".")) * 60;
    if (!Number.isInteger(minutes)) throw new Wrong("not_minutes", text);
  } else {
    throw new Wrong("not_understood", text);
  }
  if (minutes > DAY) throw new Wrong("too_long", text);
  return minutes;
}

function range(text) {
  const ends = text.split("-");
  if (ends.length !== 2) throw new Wrong("not_understood", text);
  if (!ends[0]) throw new Wrong("negative", text);
  const [start, end] = ends.map(time);
  if (/^24/.test(ends[0])) throw new Wrong("no_such_time", ends[0]);
  if (start === end) throw new Wrong("equal_times", text);
  return { start, end };
}

/** The visits of a cell, each group as its words: semicolons, line breaks and commas with a space separate groups. */
function groups(text) {
  return text
    .replace(/[^\S\r\n]*-[^\S\r\n]*/g, "-")
    .replace(/(\d)\s+(h|g|godz\.?|m|min)(?![a-z])/g, "$1$2")
    .replace(/(h|g)\s+(\d{1,2})(m|min)/g, "$1$2$3")
    .split(/,\s+|[;\r\n]+/)
    .map((group) => group.split(/\s+/).filter(Boolean))
    .filter((words) => words.length);
}

function fromLength(minutes, around, text) {
  const start = around.planned?.[0]?.[0] ?? around.after ?? around.usualStart;
  if (!start) throw new Wrong("needs_start", text);
  if (minutes === DAY) throw new Wrong("equal_times", text);
  return { start, end: timeOf(minuteOf(start) + minutes) };
}

function planned(around, state) {
  if (!around.planned?.length) throw new Wrong(state === "no_show" ? "absent_when" : "no_plan", "");
  return around.planned.map(([start, end]) => ({ start, end, state }));
}

/** A word that can only be a length: it carries a unit. */
const isLength = (word) => /[a-z]/.test(word) && [HOURS, HOURS_MINUTES, MINUTES].some((form) => form.test(word));

/** A number beside other words is the start of the length after it: `23:00 2h`; else it may mean either. */
function fromStart(words, at) {
  if (![TIME, CLOCK, HOURS].some((form) => form.test(words[at]))) throw new Wrong("not_understood", words[at]);
  if (!words[at + 1] || !isLength(words[at + 1])) throw new Wrong("unclear", words.join(" "));
  if (/^24/.test(words[at])) throw new Wrong("no_such_time", words[at]);
  return fromLength(duration(words[at + 1]), { after: time(words[at]) }, `${words[at]} ${words[at + 1]}`);
}

function visits(text, around, state) {
  const found = [];
  for (const words of groups(text)) {
    for (let at = 0; at < words.length; at += 1) {
      const word = words[at];
      const after = found.at(-1)?.end;
      if (word.includes("-")) found.push({ ...range(word), state });
      else if (words.length === 1 || isLength(word)) found.push({ ...fromLength(duration(word), after ? { after } : around, word), state });
      else {
        found.push({ ...fromStart(words, at), state });
        at += 1;
      }
    }
  }
  if (!found.length) throw new Wrong("not_understood", text);
  return found;
}

/**
 * What the text means in a cell. `around`: `planned` [[start, end, minutes], …] of the day, `after` the end of the
 * worker's last visit of the day, `usualStart` of the row.
 * Gives {kind: "empty"}, {kind: "set" | "add", visits: [{start, end, state}]} or {kind: "wrong", code, part}.
 */
export function parseEntry(text, around = {}) {
  const plain = text.trim().toLowerCase().replace(DASHES, "-");
  try {
    if (!plain || /^(-+|0|0:00|0h)$/.test(plain)) return { kind: "empty" };
    if (plain === ".") return { kind: "set", visits: planned(around, "done") };
    if (/^[x×]$/.test(plain)) return { kind: "set", visits: planned(around, "no_show") };
    if (/^[x×]\s*\S/.test(plain)) return { kind: "set", visits: visits(plain.slice(1), around, "no_show") };
    if (plain.startsWith("+")) return { kind: "add", visits: visits(plain.slice(1), around, "done") };
    return { kind: "set", visits: visits(plain, around, "done") };
  } catch (fault) {
    if (!(fault instanceof Wrong)) throw fault;
    return { kind: "wrong", code: fault.code, part: fault.part };
  }
}

/** A block of a spreadsheet's clipboard as rows of cells: tabs and line breaks, quoted cells unfolded. */
export function parseBlock(text) {
  const rows = [[]];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (quoted) {
      if (sign === '"' && text[at + 1] === '"') { cell += '"'; at += 1; }
      else if (sign === '"') quoted = false;
      else cell += sign;
    } else if (sign === '"' && !cell) quoted = true;
    else if (sign === "\t") { rows.at(-1).push(cell); cell = ""; }
    else if (sign === "\n" || sign === "\r") {
      if (sign === "\r" && text[at + 1] === "\n") at += 1;
      rows.at(-1).push(cell);
      cell = "";
      rows.push([]);
    } else cell += sign;
  }
  rows.at(-1).push(cell);
  if (rows.length > 1 && rows.at(-1).length === 1 && !rows.at(-1)[0]) rows.pop();
  return rows;
}
