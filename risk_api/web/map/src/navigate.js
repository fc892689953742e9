// Another question without leaving the page: the server writes the tables, the map stays and takes what is new.
import { ask, isGone } from "./answers.js";
import { Latest } from "./latest.js";
import { tell, withdraw } from "./state.js";
import { clockTime } from "./texts.js";

const ASK_AGAIN_MS = 8000;
let shownAt = new Date();
let waiting = null;
let watching = null;
const asked = new Latest();
const actions = [];

async function server(root) {
  try {
    return (await fetch(`${root}/health/live`, { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

// The numbers of a page from the service worker's store are as old as the answer they came with.
async function keptTime(address) {
  if (!("caches" in window)) return null;
  const kept = await caches.match(address, { ignoreVary: true });
  const date = kept?.headers.get("date");
  return date ? new Date(date) : null;
}

// However many answers fail together, the server is looked at once.
export function watchServer(root) {
  watching ??= look(root).finally(() => {
    watching = null;
  });
  return watching;
}

async function look(root) {
  if (await server(root)) {
    if (waiting !== null) {
      clearTimeout(waiting);
      waiting = null;
      withdraw("gone");
      tell("back", "back");
      setTimeout(() => withdraw("back"), ASK_AGAIN_MS);
      for (const action of actions) action();
    }
    return;
  }
  tell("gone", "gone", { time: clockTime((await keptTime(location.href.split("#")[0])) ?? shownAt) });
  lookLater(root);
}

function lookLater(root) {
  clearTimeout(waiting);
  waiting = setTimeout(() => watchServer(root), ASK_AGAIN_MS);
}

// After an answer that did not come: a server that is well by now counts as back a little later, never at once.
export async function awaitServer(root) {
  await watchServer(root);
  lookLater(root);
}

// What is to be asked again once a server that was gone is back.
export function whenBack(action) {
  actions.push(action);
}

function replace(next) {
  const main = document.querySelector("main");
  const table = next.querySelector(".duty-table");
  if (!table) return false;
  main.querySelector(".duty-table").replaceWith(table);
  const [, ...old] = main.querySelectorAll(":scope > section");
  const [, ...fresh] = next.querySelectorAll("main > section");
  old.forEach((section) => section.remove());
  main.append(...fresh);
  document.querySelector("header nav").replaceWith(next.querySelector("header nav"));
  document.title = next.title;
  return true;
}

// The settings of the next page; null where it did not come, or a newer question was asked meanwhile.
export async function goTo(address, root, { push = true } = {}) {
  const signal = asked.next();
  let response, text;
  try {
    response = await ask(address, { headers: { Accept: "text/html" }, signal });
    text = await response.text();
  } catch (error) {
    if (signal.aborted) return null;
    if (isGone(error)) {
      tell("gone", "gone_nothing");
      awaitServer(root);
    } else tell("refused", "refused", { reason: error.message });
    return null;
  }
  if (signal.aborted) return null;
  const next = new DOMParser().parseFromString(text, "text/html");
  const settings = next.getElementById("map-settings");
  if (!settings || !replace(next)) {
    location.assign(address);
    return null;
  }
  const kept = response.headers.get("x-selrisk-kept");
  shownAt = kept ? new Date(kept) : new Date();
  withdraw("refused", "failed", "missing", "same", "progress");
  if (kept) watchServer(root);
  if (push) history.pushState(null, "", address);
  return JSON.parse(settings.textContent);
}
