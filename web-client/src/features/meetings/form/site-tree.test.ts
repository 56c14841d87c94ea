/** Choosing sites by tree and by sector. */
import { expect, it } from "vitest";
import type { SiteSummary } from "../../../protocol/generated";
import { inOrder, pruned, sectorsOf, share, toggled, treesOf } from "./site-tree";

function site(id: string, parent: string | null, name = id, sector: string | null = null): SiteSummary {
  return { id, name, kind: "commune", parent, sector, sample: true } as SiteSummary;
}

const SITES = [
  site("tinh", null, "Tỉnh"),
  site("luc-ngan", "tinh", "Lục Ngạn"),
  site("tan-son", "luc-ngan", "Tân Sơn", "Y tế"),
  site("so-y-te", "tinh", "Sở Y tế", "Y tế"),
  site("le", "khong-co", "Điểm lẻ"),
];

it("grows a tree of any depth, and keeps what hangs in the air", () => {
  const trees = treesOf(SITES);
  expect(trees.map((tree) => tree.ids)).toEqual([["tinh", "luc-ngan", "tan-son", "so-y-te"], ["le"]]);
  expect(inOrder(trees)).toHaveLength(5);
});

it("chooses a branch with all below it, and drops it again", () => {
  const branch = treesOf(SITES)[0]?.children[0]?.ids ?? [];
  const chosen = toggled(branch, new Set(["le"]));
  expect([...chosen]).toEqual(["le", "luc-ngan", "tan-son"]);
  expect(share(treesOf(SITES)[0]?.ids ?? [], chosen)).toBe("some");
  expect([...toggled(branch, chosen)]).toEqual(["le"]);
});

it("finds without diacritics and keeps the way to what it found", () => {
  const [tree] = pruned(treesOf(SITES), "tan son");
  expect(tree?.site.id).toBe("tinh");
  expect(tree?.children.map((child) => child.site.id)).toEqual(["luc-ngan"]);
  expect(pruned(treesOf(SITES), "khong co gi")).toEqual([]);
});

it("knows sectors across the tree", () => {
  expect(sectorsOf(SITES)).toEqual([{ name: "Y tế", ids: ["tan-son", "so-y-te"] }]);
});
