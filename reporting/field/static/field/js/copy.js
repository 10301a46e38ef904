// The page's own copy in the phone, so that it opens without a network: all files of one version, or none of them.
const prefixOf = (tenant) => `siedem-field:${tenant}:`;

async function names(tenant) {
  return (await caches.keys()).filter((name) => name.startsWith(prefixOf(tenant)));
}

const holds = async (name, home) => Boolean(await (await caches.open(name)).match(home));

/** Whether the phone holds a whole copy of the version. */
export async function hasCopy({ tenant, version, home }) {
  const name = `${prefixOf(tenant)}${version}`;
  return (await names(tenant)).includes(name) && holds(name, home);
}

/** Keep every file of the page as the server has it now; older copies go once it is whole. Says whether it is kept. */
export async function keepCopy({ tenant, home }) {
  let name = null;
  try {
    const answer = await fetch(home, { credentials: "same-origin", cache: "no-store", headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return false;
    const page = new DOMParser().parseFromString(await answer.clone().text(), "text/html").getElementById("phone");
    if (!page) return false;
    name = `${prefixOf(tenant)}${page.dataset.version}`;
    const cache = await caches.open(name);
    await cache.addAll(JSON.parse(page.dataset.assets).map((asset) => new Request(asset, { cache: "no-cache" })));
    // The page itself goes in last: where it is, the copy is whole.
    await cache.put(home, answer);
  } catch {
    if (name) await caches.delete(name);
    return false;
  }
  for (const other of await names(tenant)) if (other !== name) await caches.delete(other);
  return true;
}

export async function dropCopies(tenant) {
  for (const name of await names(tenant)) await caches.delete(name);
}

export async function register(script, scope) {
  try { return await navigator.serviceWorker?.register(script, { scope, updateViaCache: "none" }); } catch { return null; }
}

/** Ask the browser not to clear away what waits here when its storage runs short. */
export const askToStay = () => navigator.storage?.persist?.().catch(() => false);
