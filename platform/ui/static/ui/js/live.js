// When a request of htmx does not arrive or is refused, one line says so; what was typed stays in the page.
const live = document.getElementById("live");
const say = (sentence) => { if (live) live.textContent = sentence; };

// What a page asks for without an event of anybody, a progress that draws itself anew, is no contact of the person.
document.addEventListener("htmx:configRequest", ({ detail }) => { if (!detail.triggeringEvent) detail.headers["X-By-Itself"] = "1"; });
document.addEventListener("htmx:sendError", () => say(live?.dataset.lost));
document.addEventListener("htmx:timeout", () => say(live?.dataset.lost));
document.addEventListener("htmx:responseError", () => say(live?.dataset.refused));
document.addEventListener("htmx:afterOnLoad", () => say(""));
