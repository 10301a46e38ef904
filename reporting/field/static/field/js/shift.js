// The carer's shift as the phone shows it: what the server told, with what the phone itself has in hand laid over it.
import { between, dayAfter } from "./clock.js";

/** What an entry of the phone says of its visit, as a stop of the shift has it. */
const said = ({ start, end, state, activities, note }) => ({ start, end, state, done: activities, note });

export class Shift {
  constructor(told) { this.told = told; }

  get isLoaded() { return Boolean(this.told); }

  decision(id) { return this.told?.decisions[id]; }

  /** The name where the shift at hand tells it: nothing else in the phone keeps names. */
  personOf({ decision, number }, texts) {
    return this.decision(decision)?.person || texts.say("unknown_person", { number: number || this.decision(decision)?.number || "" });
  }

  /** Stops of a day with `key`, `shown` (state to show) and `gap` (minutes since the one before). */
  stops(date, entries) {
    const own = entries.filter((entry) => entry.kind === "visit" && entry.date === date && !entry.dropped);
    const kept = (this.told?.entries ?? []).filter((entry) => entry.date === date && !entry.corrects);
    const taken = new Map();
    for (const entry of kept) taken.set(entry.decision, (taken.get(entry.decision) ?? 0) + 1);
    const stops = (this.told?.days[date] ?? []).map((stop) => {
      const key = `${date}|${stop.decision}|${stop.start}`;
      let shown = stop.state;
      const waiting = own.find((entry) => entry.key === key);
      if (shown === "planned" && waiting) return this.corrected({ ...stop, ...said(waiting), visit: waiting.id, version: 1, date, key, shown: "waits" }, own);
      else if (shown === "planned" && taken.get(stop.decision) > 0) {
        taken.set(stop.decision, taken.get(stop.decision) - 1);
        shown = "with_office";
      }
      return this.corrected({ ...stop, date, key, shown }, own);
    });
    return stops.map((stop, at) => ({ ...stop, gap: this.gap(stops[at - 1], stop) }));
  }

  /** The stop as what the carer corrected and the server does not have yet says it. */
  corrected(stop, own) {
    const corrections = own.filter((entry) => entry.corrects && entry.corrects === stop.visit);
    if (!corrections.length) return stop;
    return { ...stop, ...said(corrections.at(-1)), shown: "waits" };
  }

  /** The way from one person to the next is not service, and seen all the same. */
  gap(before, stop) {
    if (!before || before.shown === "cancelled" || stop.shown === "cancelled") return 0;
    const minutes = between(before.end, stop.start);
    return minutes < 720 ? minutes : 0;
  }

  /** Visits of the diary that the carer has before her under the decision on the day. */
  seen(decision, date) {
    return (this.told?.days[date] ?? []).filter((stop) => stop.decision === decision && stop.visit).map((stop) => stop.visit);
  }

  /** An entry has arrived: until the server tells the day anew, its stop stands as it became. */
  settle(entry, result) {
    if (!this.told || entry.kind !== "visit") return;
    if (result.entry) this.told.entries.push(result.entry);
    if (result.outcome !== "stored") return;
    const day = (this.told.days[entry.date] ??= []);
    const at = day.findIndex((stop) => (entry.corrects ? stop.visit === entry.corrects : entry.key === `${entry.date}|${stop.decision}|${stop.start}`));
    const stop = { decision: entry.decision, ...said(entry), visit: entry.corrects ?? entry.id, version: result.version };
    if (at < 0) day.push(stop); else day[at] = { ...day[at], ...stop };
    day.sort((one, other) => one.start.localeCompare(other.start));
  }

  /** The phone holds persons of today and tomorrow and of no other day. Says what is left: all, some, nothing. */
  prune(today) {
    const { days, decisions, entries } = this.told;
    const kept = Object.keys(days).filter((date) => date === today || date === dayAfter(today));
    if (!kept.length) return "nothing";
    if (kept.length === Object.keys(days).length) return "all";
    this.told.days = Object.fromEntries(kept.map((date) => [date, days[date]]));
    const visited = new Set(Object.values(this.told.days).flat().map((each) => each.decision));
    const used = new Set([...visited, ...entries.map((each) => each.decision)]);
    // An entry that waits needs the name and not the way to the door.
    const left = ([id, decision]) => [id, visited.has(id) ? decision : { ...decision, contact: null }];
    this.told.decisions = Object.fromEntries(Object.entries(decisions).filter(([id]) => used.has(id)).map(left));
    return "some";
  }
}
