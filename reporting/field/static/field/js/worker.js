// The service worker: answers for the phone page from the newest whole copy that the page has kept, with or without a
// network. `FIELD` (shell, prefix) is written in front by the server. Everything else goes its usual way.
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

async function kept(request) {
  const names = (await caches.keys()).filter((name) => name.startsWith(FIELD.prefix));
  for (const name of names.reverse()) {
    const cache = await caches.open(name);
    // A copy is whole once the page itself is in it: it is put there last.
    if (!(await cache.match(FIELD.shell))) continue;
    const answer = await cache.match(request, { ignoreSearch: true });
    return answer;
  }
  return undefined;
}

async function isOurs(event) {
  const client = event.clientId && (await clients.get(event.clientId));
  return Boolean(client) && new URL(client.url).pathname === FIELD.shell;
}

async function answer(event) {
  const { request } = event;
  if (request.mode === "navigate") return (await kept(FIELD.shell)) ?? fetch(request);
  const copy = (await isOurs(event)) ? await kept(request) : undefined;
  return copy ?? fetch(request);
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  const isShell = request.mode === "navigate" && pathname === FIELD.shell;
  if (isShell || (request.mode !== "navigate" && request.destination !== "")) event.respondWith(answer(event));
});
