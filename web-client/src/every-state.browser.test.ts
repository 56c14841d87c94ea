/** Every state of every page, in both languages: reached as its registry says, and nothing for axe-core. */
import { afterEach, describe, expect, it } from "vitest";
import { closeScene, open, violations } from "./testing/scene";
import { STATES } from "./testing/states";

afterEach(closeScene);

describe("axe finds nothing on", () => {
  it.each(Object.entries(STATES))(
    "%s",
    async (_, { scene, play }) => {
      const stage = await open(scene);
      await play?.(stage);
      // Colours glide from one page's to another's, and dialogs fade in.
      await expect.poll(violations, { timeout: 5_000 }).toEqual([]);
    },
    30_000,
  );
});
