// The tabs of a browser tell each other who did something there last and when, and of which session somebody knows that
// it ends by its age; nothing else.
const KEY = "siedem-active";
const WARNED = "siedem-warned";

export function noteContact(who, at) {
  try { localStorage.setItem(KEY, `${who} ${at}`); } catch { /* private window: each tab counts for itself */ }
}

/** {who, at}: "" and 0 where nothing is known. */
export function lastContact() {
  let text = "";
  try { text = localStorage.getItem(KEY) ?? ""; } catch { /* as above */ }
  const [who, at] = text.split(" ");
  return at ? { who, at: Number(at) || 0 } : { who: "", at: 0 };
}

export function noteWarned(since) {
  try { localStorage.setItem(WARNED, since); } catch { /* as above */ }
}

export function wasWarned(since) {
  try { return localStorage.getItem(WARNED) === since; } catch { return false; }
}
