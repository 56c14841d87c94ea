/**
 * Holds back ways out of a page with unsaved changes, and tells which one was meant. Used by LeaveGuard.
 *
 * Closing the tab is the browser's own question (`beforeunload`). Within the client the Navigation API holds
 * every way, also "back"; where a browser lacks it, links are held by their clicks. Knows no words.
 */

interface NavigateEvent extends Event {
  readonly destination: { readonly url: string };
  readonly hashChange: boolean;
}

/** From now on asks `onLeave` with the address instead of leaving. Returns the end of it. */
export function holdLeaving(onLeave: (address: string) => void): () => void {
  const close = (event: BeforeUnloadEvent) => event.preventDefault();
  const hold = (event: Event, address: string) => {
    const { origin, pathname, search, hash } = new URL(address, window.location.href);
    if (origin !== window.location.origin || pathname === window.location.pathname || !event.cancelable)
      return;
    event.preventDefault();
    event.stopPropagation();
    onLeave(pathname + search + hash);
  };
  const navigate = (event: Event) => {
    const { destination, hashChange } = event as NavigateEvent;
    if (!hashChange) hold(event, destination.url);
  };
  const click = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
    if (link && link.target !== "_blank" && !event.ctrlKey && !event.metaKey) hold(event, link.href);
  };
  const navigation = "navigation" in window ? (window.navigation as EventTarget) : null;
  window.addEventListener("beforeunload", close);
  navigation?.addEventListener("navigate", navigate);
  if (navigation === null) window.addEventListener("click", click, true);
  return () => {
    window.removeEventListener("beforeunload", close);
    navigation?.removeEventListener("navigate", navigate);
    window.removeEventListener("click", click, true);
  };
}
