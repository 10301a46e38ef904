// Times by the phone's clock on the clocks of Warsaw, whatever zone the phone is set to, and what is known of that clock.
const FIELDS = new Intl.DateTimeFormat("en-CA", {
  timeZone: "Europe/Warsaw", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});
const BACK = 60000;

/** Milliseconds → {date: "2026-11-22", time: "08:05"} in Warsaw. */
export function wall(moment) {
  const part = Object.fromEntries(FIELDS.formatToParts(moment).map(({ type, value }) => [type, value]));
  return { date: `${part.year}-${part.month}-${part.day}`, time: `${part.hour}:${part.minute}` };
}

/** "08:30" → 510 */
export const minutesOf = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** Minutes from one wall-clock time to the next, over midnight too. */
export const between = (start, end) => (minutesOf(end) - minutesOf(start) + 1440) % 1440;

/** 75 → "1 h 15 min" */
export const lengthOf = (minutes) => [minutes >= 60 && `${Math.floor(minutes / 60)} h`, minutes % 60 && `${minutes % 60} min`].filter(Boolean).join(" ");

const DAY = 86400000;

/** The day after "2026-11-22". */
export const dayAfter = (date) => new Date(Date.parse(`${date}T00:00:00Z`) + DAY).toISOString().slice(0, 10);

/** "10:00–11:00", and where it ends on the next day "22:00–10.10, 06:00". */
export const span = ({ date, start, end }, texts) => `${start}–${end < start ? texts.say("next_day", { day: texts.shortDay(dayAfter(date)), time: end }) : end}`;

/** `saved` is what an earlier page kept: {offset: seconds or null, latest: milliseconds}. */
export class Clock {
  constructor(saved, now = Date.now) {
    this.now = now;
    this.offset = saved?.offset ?? null;
    this.latest = saved?.latest ?? 0;
  }

  get state() { return { offset: this.offset, latest: this.latest }; }

  /** The server has told its time; half of the way there and back is taken off. */
  measure(serverNow, sentAt) {
    const now = this.now();
    this.offset = Math.round((serverNow - (sentAt + now) / 2) / 1000);
  }

  /** Whether the clock went back since the last look: then nothing is known of what was entered meanwhile. */
  look() {
    const now = this.now();
    const jumped = now < this.latest - BACK;
    this.latest = jumped ? now : Math.max(this.latest, now);
    return jumped;
  }

  isOff(tolerance) { return this.offset !== null && Math.abs(this.offset) > tolerance; }

  /** The day it is, put right by what the server last told. */
  today() { return wall(this.now() + (this.offset ?? 0) * 1000).date; }
}
