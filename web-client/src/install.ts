/**
 * Registers the service worker that stands in with a page of words while the network is away, and
 * makes the client installable on phones. Called by main.tsx; without one everything works the same.
 */
export function registerOfflinePage(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  // A browser or policy that refuses it costs nobody the meeting.
  navigator.serviceWorker.register("/service-worker.js").catch(() => undefined);
}
