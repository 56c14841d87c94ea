/**
 * Parts of the client that come when they are needed. A network that changes in that moment (another cable,
 * Wi-Fi instead of it) breaks off what is on its way, and a part that is missing takes the whole page with it:
 * so what did not come is asked for again.
 *
 * Used for every `import()` of a page. Never tries for long: what does not come then shows as a page that
 * failed, with a button that loads it anew.
 */

/** Waits before the further tries, in ms. */
export const WAITS_MS: readonly number[] = [300, 1_500, 4_000];

/** What `load` brings; a browser says that a script did not come by a TypeError. */
export async function fetched<Part>(load: () => Promise<Part>, waitsMs = WAITS_MS): Promise<Part> {
  for (const waitMs of waitsMs) {
    try {
      return await load();
    } catch (thrown) {
      if (!(thrown instanceof TypeError)) throw thrown;
      await new Promise((done) => setTimeout(done, waitMs));
    }
  }
  return load();
}
