// Cercle's one script. Every page works without it. With it, forms are sent without leaving the page, what others do
// appears by itself, and what is done without a network is kept on this device and sent when it is back.
// Every word that it shows stands in the page.

const root = document.documentElement;
const find = (selector, within = document) => within.querySelector(selector);
const findAll = (selector, within = document) => [...within.querySelectorAll(selector)];
const me = (page = document) => page.body.dataset.me || "";
const events = () => document.body.dataset.events;

// ---- One page becomes the next, and whatever did not change stays: focus, scroll, half-typed words, open folds.

function sameKind(here, wanted) {
  if (!here || here.nodeName !== wanted.nodeName) return false;
  if (here.nodeType !== Node.ELEMENT_NODE) return true;
  return here.id || wanted.id ? here.id === wanted.id : here.getAttribute("class") === wanted.getAttribute("class");
}

function become(here, wanted) {
  if (here.nodeType !== Node.ELEMENT_NODE) {
    if (here.data !== wanted.data) here.data = wanted.data;
    return;
  }
  if (here.isEqualNode(wanted)) return;
  for (const { name } of [...here.attributes]) {
    const folded = name === "open" && here.nodeName === "DETAILS";
    if (!wanted.hasAttribute(name) && !folded) here.removeAttribute(name);
  }
  for (const { name, value } of [...wanted.attributes]) {
    if (here.getAttribute(name) !== value) here.setAttribute(name, value);
  }
  becomeChildren(here, wanted);
}

function becomeChildren(parent, wantedParent) {
  const named = new Map([...parent.children].filter((child) => child.id).map((child) => [child.id, child]));
  let here = parent.firstChild;
  for (const wanted of [...wantedParent.childNodes]) {
    const match = (wanted.id && named.get(wanted.id)) || here;
    if (!sameKind(match, wanted)) {
      parent.insertBefore(document.importNode(wanted, true), here);
      continue;
    }
    if (match === here) here = here.nextSibling;
    else parent.insertBefore(match, here);
    become(match, wanted);
  }
  while (here) {
    const gone = here;
    here = here.nextSibling;
    gone.remove();
  }
}

// What had the focus keeps it; where its row has gone, the next has it.
function keepingFocus(change) {
  const active = document.activeElement;
  const row = active.closest("li[id]");
  const rows = findAll("li[id]");
  const near = [...rows.slice(rows.indexOf(row)), ...rows.slice(0, rows.indexOf(row)).reverse()].map(({ id }) => id);
  change();
  const there = active.isConnected && active !== document.body ? active : row && find("button, a", neighbour(near));
  if (there && there !== document.activeElement) there.focus({ preventScroll: true });
  markWaiting();
}

const neighbour = (ids) => ids.map((id) => document.getElementById(id)).find((row) => row && !row.closest("details:not([open])")) || find("main");

const read = (text) => new DOMParser().parseFromString(text, "text/html");

// After somebody else's act only the regions that say data-live follow, save where a mistake is being mended.
function showLive(page) {
  keepingFocus(() => {
    for (const here of findAll("[data-live]")) {
      const wanted = page.getElementById(here.id);
      if (wanted && !find("[aria-invalid]", here)) become(here, wanted);
    }
  });
}

// After an act of one's own the whole page does; an answer that is only a part of one is put where its ids stand.
function showAll(page) {
  if (!find("main", page)) return keepingFocus(() => findAll("[id]", page).forEach((part) => become(document.getElementById(part.id) || part, part)));
  const address = events();
  document.title = page.title;
  keepingFocus(() => become(document.body, page.body));
  if (address !== events()) listenAnew();
  fade();
}

// What was done goes by itself; what was refused stays until the next act.
let fading = 0;

function fade() {
  clearTimeout(fading);
  fading = setTimeout(() => find("#notice:not(.refused)")?.replaceChildren(), 8000);
}

function say(text) {
  const notice = find("#notice");
  notice.textContent = text;
  notice.classList.remove("refused");
  fade();
}

// Whose day it is: of whoever taps, where they are.
function sayZone() {
  const said = `zone=${Intl.DateTimeFormat().resolvedOptions().timeZone}`;
  if (!document.cookie.split("; ").includes(said)) document.cookie = `${said};path=/;max-age=31536000;samesite=lax`;
}

// ---- The outbox: acts in the order in which they were done, each with its own number, so that none counts twice.

const newAct = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

let fleeting = []; // where the browser keeps nothing, acts live as long as the page

function kept() {
  try {
    return JSON.parse(localStorage.getItem("outbox")) || [];
  } catch {
    return fleeting;
  }
}

function keep(acts) {
  fleeting = acts;
  try {
    localStorage.setItem("outbox", JSON.stringify(acts));
  } catch {
    // The page itself remembers.
  }
}

// On a shared tablet, what nobody did is done by whoever sits down next.
const mine = () => kept().filter((act) => act.me === me() || (!act.me && find(".shared")));
const forget = (act) => keep(kept().filter((other) => other.act !== act.act));
const remember = (act) => keep(kept().map((other) => (other.act === act.act ? act : other)));

function actOf(form, submitter) {
  const fields = [...new FormData(form)].filter(([name]) => !["_csrf_token", "act", "me"].includes(name));
  const button = submitter?.name ? [submitter.name, submitter.value] : null;
  if (button) fields.push(button);
  const typed = find("input:not([type=hidden]):not([type=checkbox]):not([type=radio]), textarea", form);
  const words = find("b", submitter || form) || submitter;
  return {
    act: newAct(), me: me(), url: form.action, page: pageOf(location), form: form.id, fields, button,
    label: typed?.value || words?.textContent.trim() || document.title, quick: "quick" in form.dataset, state: "new",
    day: new Date().toLocaleDateString("sv"), // Swedish: 2026-11-22
  };
}

function marks({ button }) {
  const [name, value] = button || [];
  return find(`button[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`)?.closest("li, tr");
}

const unmark = (act) => marks(act)?.classList.remove("going", "waiting");

function markWaiting() {
  const acts = mine();
  for (const act of acts) {
    if (act.state !== "refused") marks(act)?.classList.add("going", ...(act.state === "waiting" ? ["waiting"] : []));
  }
  const box = find("#outbox");
  if (!box) return;
  const late = acts.filter((act) => act.state === "waiting" || act.state === "refused");
  box.hidden = !late.length;
  find("ul", box).replaceChildren(...late.map((act) => lateRow(box, act)));
}

function lateRow(box, act) {
  const row = find("template", box).content.cloneNode(true).firstElementChild;
  row.dataset.state = act.state;
  row.dataset.act = act.act;
  find("b", row).textContent = act.label;
  find(".error", row).textContent = act.reason || "";
  find("[data-mend]", row).hidden = act.button && act.fields.length === 1;
  return row;
}

// ---- Sending, one after the other.

let sending = false;
let pause = 2000;
let retry = 0;

async function post(act, guard) {
  const fields = [...act.fields, ["act", act.act], ["me", me()], ["_csrf_token", (guard || find("[name=_csrf_token]"))?.value]];
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), act.quick ? 20000 : 120000);
  try {
    const headers = { "X-Cercle": "tap" };
    if (act.state === "waiting") headers["X-Cercle-Day"] = act.day;
    const answer = await fetch(act.url, { method: "POST", body: new URLSearchParams(fields), headers, signal: limit.signal });
    const page = read(await answer.text());
    const reason = find("[data-reason]", page);
    if (answer.status === 403 && !reason && !guard) { // the page was an old one: a new guard, once
      const fresh = find("[name=_csrf_token]", (await fetchPage(act.page, "live")).page);
      if (fresh) return post(act, fresh);
    }
    const later = [401, 403, 429, 502, 503, 504].includes(answer.status) && !reason;
    return later ? null : { ok: answer.ok, url: answer.redirected && answer.url, page, reason };
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

async function send() {
  if (sending) return;
  sending = true;
  clearTimeout(retry);
  const all = async () => {
    for (let act; (act = mine().find(({ state }) => state === "new" || state === "waiting")) && (await sent(act)); );
  };
  try {
    await (navigator.locks ? navigator.locks.request("outbox", all) : all()); // one page after the other
  } finally {
    sending = false;
  }
  if (stale) refresh();
}

async function sent(act) {
  const slow = setTimeout(() => act.quick && putOff([act]), 3000); // on its way for long: shown
  const answer = await post(act);
  clearTimeout(slow);
  if (!answer) {
    postpone(act);
    return false;
  }
  pause = 2000;
  settle(act, answer);
  return true;
}

function putOff(acts) {
  for (const act of acts) remember({ ...act, state: "waiting" });
  markWaiting();
}

function postpone(act) {
  const unsaid = mine().filter(({ state }) => state === "new");
  stale = true;
  putOff(unsaid);
  if (act.state === "new" || unsaid.length) say(find("#outbox").dataset.kept);
  for (const late of [act, ...unsaid]) release(late);
  retry = setTimeout(send, pause);
  pause = Math.min(pause * 2, 60000);
}

function settle(act, answer) {
  const fresh = act.state === "new" && act.page === pageOf(location);
  const box = act.form && find(`#${act.form} input:not([type=hidden])`); // words go back to where they came from while it is empty
  const shown = fresh && answer.reason && (!act.quick || box?.value === "");
  if (!answer.ok && !shown) return refused(act, answer.reason);
  forget(act);
  release(act, answer.ok);
  if (fresh && !mine().some(({ state }) => state === "new")) arrive(answer);
  else stale = true;
  markWaiting();
}

function refused(act, reason) {
  const box = find("#outbox");
  remember({ ...act, state: "refused", reason: reason ? reason.textContent.trim() : box.dataset.failed });
  unmark(act);
  release(act, false);
  stale = true;
  markWaiting();
  box.scrollIntoView({ block: "nearest" });
}

function arrive({ ok, url, page }) {
  const moved = url && new URL(url).pathname !== location.pathname;
  if (url && url !== location.href) history[moved ? "pushState" : "replaceState"](null, "", url);
  shown = pageOf(location);
  showAll(page);
  if (moved) scrollTo(0, 0);
  if (moved || !ok) find(moved ? "main" : "#errors")?.focus();
}

function release(act, done = true) {
  const form = findAll("form[data-swap][aria-busy]").find(({ action }) => action === act.url);
  form?.removeAttribute("aria-busy");
  if (done) form?.reset();
}

function submitted(event) {
  const form = event.target;
  if (!form.matches("[data-swap]") || find("input[type=file]", form)) return source?.close(); // the page goes
  event.preventDefault();
  if (form.method === "get") return visit(`${form.action.split("?")[0]}?${new URLSearchParams(new FormData(form))}`);
  if (form.hasAttribute("aria-busy")) return;
  const act = actOf(form, event.submitter);
  begun = null;
  keep([...kept(), act]);
  if (act.quick) clear(form);
  else form.setAttribute("aria-busy", "true");
  markWaiting();
  send();
}

// The box is free for the next words, also after refused ones.
function clear(form) {
  for (const box of findAll("input:not([type=hidden])", form)) {
    box.defaultValue = "";
    box.removeAttribute("aria-invalid");
  }
  form.reset();
  if (form.nextElementSibling?.matches("[data-reason]")) form.nextElementSibling.remove();
}

let begun = null; // a long form: whoever leaves before it is sent finds it again as it was

function leave() {
  if (begun?.isConnected) keep([...kept().filter((act) => act.state !== "draft" || act.me !== me()), { ...actOf(begun), state: "draft" }]);
}

// A refused act goes back into its form, as it was filled, on the page where it was done.
function mend(act) {
  if (act.page !== pageOf(location)) {
    remember({ ...act, state: "mending" });
    location.href = act.page;
    return;
  }
  const forms = findAll("form").filter(({ action }) => action === act.url);
  const form = forms.find(({ id }) => id === act.form) || forms[0];
  if (!form) return;
  forget(act);
  if (act.state === "draft") begun = form;
  for (const box of findAll("input:not([type=hidden]), select, textarea", form)) {
    const said = act.fields.filter(([name]) => name === box.name).map(([, value]) => value);
    if (["checkbox", "radio"].includes(box.type)) box.checked = said.includes(box.value);
    else if (said.length) box.value = said.pop();
  }
  for (let fold = form.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  find("input:not([type=hidden]), select, textarea", form)?.focus();
  markWaiting();
}

// ---- What others do, and going about.

let stale = false;
let visiting = 0;
let shown = "";

const pageOf = ({ pathname, search }) => pathname + search;

async function fetchPage(address, why) {
  const answer = await fetch(address, { headers: { "X-Cercle": why } });
  return Object.assign(answer, { page: read(await answer.text()) });
}

async function refresh() {
  stale = sending;
  if (sending) return;
  const asked = ++visiting;
  try {
    const { ok, status, page } = await fetchPage(location.href, "live");
    if (asked !== visiting || (stale = sending)) return;
    if (ok ? me(page) !== me() : status === 401 && events()) location.reload(); // somebody else's
    else if (ok) showLive(page);
  } catch {
    // Still away.
  }
}

async function visit(address) {
  const asked = ++visiting;
  try {
    const { url, page } = await fetchPage(address, "tap");
    if (asked !== visiting) return;
    history.replaceState(null, "", url);
    shown = pageOf(location);
    showAll(page);
  } catch {
    location.href = address;
  }
}

let source = null;
let wait = 1000;

function listen() {
  if (!events() || source) return;
  if (find("#kept:not([hidden])")) refresh();
  source = new EventSource(`${events()}?told=${document.body.dataset.told}`);
  source.addEventListener("open", () => {
    wait = 1000;
    send();
  });
  source.addEventListener("changed", refresh);
  source.addEventListener("error", () => {
    source.close();
    source = null;
    setTimeout(listen, wait + Math.random() * 500);
    wait = Math.min(wait * 2, 60000);
  });
}

function listenAnew() {
  source?.close();
  source = null;
  if (!document.hidden) listen();
}

function seen() {
  pause = 2000;
  listenAnew();
  if (document.hidden) return;
  if (events()) refresh();
  send();
}

// ---- Small hands: copy, share, digits, ticks that send themselves.

async function copy(button) {
  const box = find(button.dataset.copy);
  const words = box.value || box.textContent;
  try {
    await navigator.clipboard.writeText(words);
  } catch {
    box.select(); // a page on the home network has no clipboard of its own
    document.execCommand("copy");
  }
  say(button.dataset.done);
}

function clicked({ target }) {
  for (const menu of findAll(".more details[open]")) if (!menu.contains(target)) menu.open = false;
  const button = target.closest("button");
  if (!button) return;
  const { copy: copied, share, digit } = button.dataset;
  if (copied) copy(button);
  if (share) navigator.share({ url: share, title: document.title }).catch(() => {});
  if (digit !== undefined) {
    const box = find(".pin");
    box.value = digit === "" ? box.value.slice(0, -1) : box.value + digit;
  }
  const row = button.closest("[data-act]");
  const act = row && mine().find((each) => each.act === row.dataset.act);
  if (act && "mend" in button.dataset) mend(act);
  if (act && "drop" in button.dataset) {
    forget(act);
    unmark(act);
    markWaiting();
  }
}

function changed({ target }) {
  const form = target.closest("[data-autosubmit]") && target.form;
  if (form) (form.requestSubmit || form.submit).call(form);
}

// A shared tablet goes back to its names by itself when nobody has touched it for long.
let resting = 0;

function rest() {
  clearTimeout(resting);
  const { idle } = document.body.dataset;
  if (idle) resting = setTimeout(() => (location.href = idle), 180000);
}

function start() {
  const { worker } = document.body.dataset;
  if (worker) navigator.serviceWorker?.register(worker).catch(() => {});
  sayZone();
  shown = pageOf(location);
  root.classList.add("live");
  if (navigator.share) root.classList.add("sharing");
  for (const act of kept().filter(({ state }) => state === "new")) remember({ ...act, state: "waiting" });
  document.addEventListener("submit", submitted);
  document.addEventListener("click", clicked);
  document.addEventListener("change", changed);
  document.addEventListener("input", ({ target }) => (begun = target.closest("[data-draft]") || begun));
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", seen);
  for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, rest);
  addEventListener("online", seen);
  addEventListener("popstate", () => pageOf(location) === shown || visit(location.href)); // within a page nothing is fetched
  addEventListener("pageshow", (event) => event.persisted && seen());
  markWaiting();
  for (const act of mine().filter(({ state }) => state === "mending" || state === "draft")) {
    if (act.state === "mending") remember({ ...act, state: "refused" });
    if (act.page === pageOf(location)) mend(act);
  }
  fade();
  rest();
  listen();
  send();
  for (const form of findAll("form[data-onward]")) form.submit(); // what the tablet had turned away, now that it knows who
}

start();
