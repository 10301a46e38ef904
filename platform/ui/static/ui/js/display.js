// Light or dark, comfortable or compact: chosen in the View menu, kept here and in a cookie, so that the server draws
// the next page as chosen and nothing flashes.
const YEAR = 31536000;
const root = document.documentElement;

function read(name) {
  try { return localStorage.getItem(`siedem-${name}`); } catch { return null; }
}

function keep(name, value) {
  try { localStorage.setItem(`siedem-${name}`, value); } catch { /* private window: the cookie is enough */ }
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=${value ? YEAR : 0}; SameSite=Lax${secure}`;
}

function show(name, value) {
  if (value) root.dataset[name] = value; else delete root.dataset[name];
}

for (const name of ["theme", "density"]) {
  const kept = read(name);
  if (kept !== null && kept !== (root.dataset[name] ?? "")) {
    keep(name, kept);
    show(name, kept);
  }
}

for (const choice of document.querySelectorAll("[data-display]")) {
  const name = choice.dataset.display;
  choice.checked = choice.value === (root.dataset[name] ?? "");
  choice.addEventListener("change", () => { keep(name, choice.value); show(name, choice.value); });
}

for (const part of document.querySelectorAll(".needs-script")) part.hidden = false;
