// Keeps pages for when there is no network. Each says by a code whose it is; what another code kept is wiped.

const PATIENCE = 3000; // ms for which the node is waited for, where a kept page could be shown
const FRESH = 600000; // ms
const OLDEST = 30 * 86400000; // ms
const MOST = 60; // pages

const WAY = /^\/(in|door|join|signout)\b|\/(signout|tablet\/new)$/; // in or out

let turn = 0; // late answers to early requests bring nothing back
let changed = 0;
const turns = new Map();
let last; // whose the last page was; false: nobody knows
let line = Promise.resolve(); // one after the other

const age = (kept) => Date.now() - kept.headers.get("x-cercle-kept");

// The answer, and when all of it is kept.
function ask(request, follows) {
  const asked = ++turn;
  const answer = fetch(request);
  const kept = answer.then((came) => {
    if (!came.headers.has("x-cercle-whose")) return null;
    const copy = came.clone();
    line = line.then(() => keep(request.url, copy, asked)).catch(() => {});
    return follows ? line.then(() => follow(came.url)) : line;
  });
  return [answer, kept.catch(() => {})];
}

const askAgain = (address, follows) => ask(new Request(address, { headers: { "X-Cercle": "live" } }), follows)[1];

async function wipe(whose) {
  last = whose;
  for (const name of await caches.keys()) if (name !== whose) await caches.delete(name);
}

async function keep(address, answer, asked) {
  const whose = answer.headers.get("x-cercle-whose");
  if (asked < Math.max(changed, turns.get(answer.url) ?? 0)) return;
  turns.set(answer.url, asked);
  if (whose !== last) changed = asked;
  await wipe(whose);
  if (!answer.headers.has("x-cercle-keep")) return;
  const cache = await caches.open(whose);
  const page = await answer.text();
  const headers = new Headers(answer.headers);
  headers.set("x-cercle-kept", Date.now());
  for (const [, file] of page.matchAll(/"(\/static\/[^"]+)"/g)) if (!(await cache.match(file))) await cache.add(file);
  // The number of an act counts once, so a copy has none.
  await cache.put(answer.url, new Response(page.replace(/(name="act" value=")\w+/g, "$1"), { headers }));
  if (new URL(address).pathname === "/") {
    headers.set("location", answer.url);
    await cache.put(address, new Response("", { status: 303, headers }));
  }
  const pages = (await cache.keys()).filter(({ url }) => !url.includes("/static/"));
  for (let old; (old = pages.shift()) && (pages.length >= MOST || age(await cache.match(old)) > OLDEST); ) await cache.delete(old);
}

// What the menu leads to, and the page that stands in for others.
async function follow(address) {
  const page = await (await caches.match(address))?.text();
  if (!page) return;
  const links = (page.match(/<nav class="tabs".*?<\/nav>|<link rel="next".*?>/gs) ?? []).join("").matchAll(/ href="(.*?)"/g);
  for (const way of ["/", "/offline", ...[...links].map(([, link]) => link)]) {
    const kept = await caches.match(way);
    if (!kept || age(kept) > FRESH) await askAgain(way);
  }
}

// A kept page says since when it is.
async function copy(address) {
  const kept = await caches.match(address);
  if (last === false || !kept || age(kept) > OLDEST) return null;
  const at = new Date(Date.now() - age(kept));
  const day = at.toDateString() === new Date().toDateString() ? {} : { dateStyle: "medium" };
  const page = (await kept.text()).replace(/(id="kept".*?) hidden(.*?<time lang="(.*?)">)/s, (_, before, after, language) =>
    before + after + at.toLocaleString(language, { ...day, timeStyle: "short" }));
  return new Response(page, kept);
}

async function open({ url }, answer) {
  const soon = await Promise.race([answer.catch(() => null), new Promise((late) => setTimeout(late, PATIENCE))]);
  if (soon && ![502, 503, 504].includes(soon.status)) return soon;
  return (await copy(url.includes("/tablet") ? "/" : url)) || answer.catch(async () => (await copy("/offline")) || Response.error());
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const opens = request.mode === "navigate";
  if (origin !== location.origin) return;
  if (opens && WAY.test(pathname)) {
    last = false;
    changed = ++turn;
    event.waitUntil((line = line.then(() => wipe(false))));
  }
  if (request.method !== "GET") return;
  if (pathname.startsWith("/static/")) event.respondWith(caches.match(request).then((kept) => kept || fetch(request)));
  else if (opens || request.headers.has("x-cercle")) {
    const [answer, kept] = ask(request, opens);
    event.waitUntil(kept);
    event.respondWith(opens ? open(request, answer) : answer);
  }
});

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(begin()));

async function begin() {
  await clients.claim();
  for (const { url } of await clients.matchAll()) await askAgain(url, true);
}
