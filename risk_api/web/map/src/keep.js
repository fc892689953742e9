// Hands the service worker what it is to keep, so that the page opens without a network after one visit.
export async function keepForLater({ root, keep }) {
  if (!("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  // A private window may refuse: then nothing is kept, and the page is as good as ever while there is a network.
  const registered = await serviceWorker.register(`${root}/offline.js`, { scope: `${root}/` }).catch(() => null);
  if (!registered) return;
  const worker = registered.active ?? (await serviceWorker.ready).active;
  serviceWorker.addEventListener("message", ({ data }) => {
    document.documentElement.dataset.offline = data;
  });
  // The worker comes after the map, so it has not seen what the map asked for.
  const own = `${location.origin}${root}/v1/`;
  const seen = performance.getEntriesByType("resource").map(({ name }) => name);
  worker.postMessage({ keep, page: location.href.split("#")[0], answers: seen.filter((name) => name.startsWith(own)) });
}
