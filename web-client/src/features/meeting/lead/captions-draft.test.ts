/** Captions under the sites of the composed picture: who is listed, and what is asked of the server. */
import { describe, expect, it } from "vitest";
import { fakeSite } from "../../../testing/fake-course";
import { captionRequests, listed, MAX_LISTED } from "./captions-draft";

const SITES = Array.from({ length: 30 }, (_, at) => fakeSite(at));
const [FIRST, SECOND] = [fakeSite(0), fakeSite(1)];

describe("sites listed for their captions", () => {
  it("are few, those with a caption in front, and the rest is counted", () => {
    const { shown, more } = listed(SITES, new Set([fakeSite(20).id]), "");
    expect(shown.map((site) => site.id)).toEqual(
      [20, ...Array.from({ length: MAX_LISTED - 1 }, (_, at) => at)].map((at) => fakeSite(at).id),
    );
    expect(more).toBe(30 - MAX_LISTED);
  });

  it("are found without marks, by their caption too", () => {
    const sites = [FIRST, { ...SECOND, caption: "Hội trường Tỉnh ủy" }];
    expect(listed(sites, new Set(), "hoi truong").shown).toEqual([sites[1]]);
    expect(listed(sites, new Set(), "không có đâu")).toEqual({ shown: [], more: 0 });
  });
});

describe("requests for captions", () => {
  const sites = new Map([FIRST, { ...SECOND, caption: "Hội trường" }].map((site) => [site.id, site]));

  it("ask for what has changed only, trimmed and in NFC", () => {
    const draft = new Map([
      [FIRST.id, ` ${"Tỉnh ủy".normalize("NFD")} `],
      [SECOND.id, "Hội trường"],
    ]);
    expect(captionRequests(sites, draft)).toEqual([
      { type: "set_caption", site: FIRST.id, caption: "Tỉnh ủy" },
    ]);
  });

  it.each(["", "  ", SECOND.name])("give the name back for %j", (typed) => {
    expect(captionRequests(sites, new Map([[SECOND.id, typed]]))).toEqual([
      { type: "set_caption", site: SECOND.id, caption: null },
    ]);
  });
});
