/*
 * Answers with the offline page when the network is away and a page is asked for, and does nothing
 * else: every file comes from the server, and no answer of the API is ever kept.
 * Registered by src/install.ts.
 */
const KEPT = "diemcau-offline-1";
const OFFLINE = ["/offline.html", "/icon-192.png"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(OFFLINE)));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  const forgetOld = async () => {
    for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(forgetOld());
});

self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  const isPage = event.request.mode === "navigate" && !pathname.startsWith("/api/");
  if (isPage) event.respondWith(fetch(event.request).catch(() => caches.match("/offline.html")));
  else if (pathname === "/icon-192.png") {
    event.respondWith(fetch(event.request).catch(() => caches.match("/icon-192.png")));
  }
});
