// The budget adds itself while one types, to the grosz, in whole numbers; the server's sums replace these when they come.
const english = document.documentElement.lang === "en";
const money = new Intl.NumberFormat(english ? "en-GB" : "pl-PL", { minimumFractionDigits: 2, maximumFractionDigits: 2, useGrouping: "always" });
const percent = new Intl.NumberFormat(english ? "en-GB" : "pl-PL", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** Hundredths of what was typed ("1 234,5" is 123450n), or null. */
export function hundredths(text) {
  const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace(/zł$/, "").replace(",", ".");
  const match = /^(\d{1,10})(?:\.(\d{1,2}))?$/.exec(plain);
  return match ? BigInt(match[1]) * 100n + BigInt((match[2] ?? "").padEnd(2, "0")) : null;
}

/** Cost × quantity, both in hundredths, in grosz, half up. */
export const amountOf = (cost, quantity) => (cost * quantity + 50n) / 100n;

const shown = (grosz) => (english ? `PLN ${money.format(Number(grosz) / 100)}` : `${money.format(Number(grosz) / 100)} zł`);

export function showSums(section) {
  const place = document.querySelector("[data-sums]");
  if (!place) return;
  const put = (name, text) => { place.querySelector(`[data-sum="${name}"]`).textContent = text; };
  let total = 0n;
  for (const row of section.form.querySelectorAll("[data-row]")) {
    const [cost, quantity] = ["unit_cost", "quantity"].map((name) => hundredths(row.querySelector(`[data-name="${name}"]`).value));
    const amount = cost === null || quantity === null ? null : amountOf(cost, quantity);
    row.querySelector("[data-amount]").textContent = amount === null ? "–" : shown(amount);
    total += amount ?? 0n;
  }
  const figure = (name) => hundredths(section.form.querySelector(`[data-name="${name}"]`)?.value ?? "") ?? 0n;
  const own = figure("own_financial") + figure("own_in_kind");
  const grant = total - own - figure("payments");
  const share = (part) => (total ? `${percent.format(Number((part * 1000000n) / total) / 10000)}${english ? "" : "\u00a0"}%` : "");
  put("total", shown(total));
  put("own", shown(own));
  put("own_share", share(own));
  put("payments", shown(figure("payments")));
  put("grant", shown(grant));
  put("grant_share", share(grant));
  place.classList.toggle("sums-wrong", grant < 0n);
}

export function takeSums(sums) {
  const place = document.querySelector("[data-sums]");
  if (!place || !sums) return;
  for (const element of place.querySelectorAll("[data-sum]")) element.textContent = sums[element.dataset.sum];
  place.querySelector("[data-by-year]").textContent = sums.by_year.map(([year, amount]) => `${year}: ${amount}`).join("; ");
}
