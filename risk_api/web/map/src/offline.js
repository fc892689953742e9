// The service worker: after one visit the page, the map and the last answers are there without a network.
const FILES = "selrisk-files";
const ANSWERS = "selrisk-answers";
const MOST_ANSWERS = 1500;
const PATIENCE_MS = 10000;
const NEVER = /\/v1\/(jobs|alerts)|\/health\/|\/metrics|\/docs|\/events|\.tif$|\.pmtiles$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  const { keep = [], page, answers = [] } = event.data ?? {};
  event.waitUntil(store(keep, page, answers).then(() => event.source?.postMessage("kept")));
});

async function store(addresses, page, asked) {
  const files = await caches.open(FILES);
  const known = new Set((await files.keys()).map(({ url }) => url));
  const wanted = new Set(addresses.map((address) => new URL(address, self.registration.scope).href));
  await Promise.all([...wanted].filter((url) => !known.has(url)).map((url) => files.add(url)));
  // Files of an older version of the page are of no more use.
  await Promise.all([...known].filter((url) => !wanted.has(url)).map((url) => files.delete(url)));
  const answers = await caches.open(ANSWERS);
  for (const address of [page, ...asked]) {
    if (address && !NEVER.test(new URL(address).pathname)) await keepAnswer(answers, address);
  }
}

// One that the browser holds is not fetched anew; one that fails is told where it is wanted, not here.
async function keepAnswer(answers, address) {
  if (await answers.match(address, { ignoreVary: true })) return;
  const answer = await fetch(address).catch(() => null);
  if (answer?.status === 200) await put(answers, address, answer);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || NEVER.test(url.pathname)) return;
  if (request.headers.has("range")) return;
  if (url.pathname.includes("/static/")) event.respondWith(file(request));
  else if (url.searchParams.has("v")) event.respondWith(keptFirst(request));
  else event.respondWith(newestFirst(event));
});

async function file(request) {
  return (await caches.match(request, { cacheName: FILES, ignoreVary: true })) ?? fetch(request);
}

// An address with a version never changes what it stands for.
async function keptFirst(request) {
  const answers = await caches.open(ANSWERS);
  const kept = await answers.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await put(answers, request, answer.clone());
  return answer;
}

async function newestFirst(event) {
  const { request } = event;
  const answers = await caches.open(ANSWERS);
  const kept = await answers.match(request, { ignoreVary: true });
  const abort = new AbortController();
  const patience = kept ? setTimeout(() => abort.abort(), PATIENCE_MS) : null;
  try {
    const answer = await fetch(request, { signal: abort.signal });
    if (answer.status === 200) event.waitUntil(put(answers, request, answer.clone()));
    return answer;
  } catch (error) {
    if (!kept) throw error;
    const headers = new Headers(kept.headers);
    headers.set("x-selrisk-kept", kept.headers.get("date") ?? "");
    return new Response(kept.body, { status: kept.status, headers });
  } finally {
    clearTimeout(patience);
  }
}

async function put(answers, request, answer) {
  await answers.put(request, answer);
  const keys = await answers.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST_ANSWERS)).map((key) => answers.delete(key)));
}
