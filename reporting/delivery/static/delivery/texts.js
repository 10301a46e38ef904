// Sentences in the reader's language: the server sends them, braces are filled here.
export class Texts {
  /** `sentences`: {key: "…{name}…"} or, for counts, {key: [one, few, many]}. */
  constructor(language, sentences) {
    this.language = language;
    this.sentences = sentences;
    this.rules = new Intl.PluralRules(language);
    this.weekdays = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
  }

  say(key, values = {}) {
    return this.fill(this.sentences[key] ?? key, values);
  }

  count(key, count, values = {}) {
    const forms = this.sentences[key];
    const form = { one: 0, few: 1 }[this.rules.select(count)] ?? 2;
    return this.fill(forms[Math.min(form, forms.length - 1)], { count, ...values });
  }

  fill(sentence, values) {
    return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  }

  /** "2026-10-05" → "poniedziałek, 5 października" */
  day(date) { return this.weekdays.format(new Date(`${date}T00:00:00Z`)); }

  /** "2026-10-05" → "05.10" */
  shortDay(date) { return `${date.slice(8)}.${date.slice(5, 7)}`; }
}
