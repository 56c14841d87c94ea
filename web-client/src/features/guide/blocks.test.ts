/** The guides' Markdown, and that every guide is a whole page of it. */
import { expect, it } from "vitest";
import { blocksOf } from "./blocks";
import { GUIDES } from "./guides";

it("reads headings, lists over two lines, tables, bold and code", () => {
  const text = "# A\n\n## B\n\nc **d**\ne\n\n- f\n  g\n- h\n\n1. i\n\n| j | k |\n|---|---|\n| `l` | m |";
  expect(blocksOf(text)).toEqual([
    { kind: "title", spans: [{ kind: "text", text: "A" }] },
    { kind: "heading", spans: [{ kind: "text", text: "B" }] },
    {
      kind: "paragraph",
      spans: [
        { kind: "text", text: "c " },
        { kind: "strong", text: "d" },
        { kind: "text", text: " e" },
      ],
    },
    {
      kind: "list",
      isOrdered: false,
      items: [[{ kind: "text", text: "f g" }], [{ kind: "text", text: "h" }]],
    },
    { kind: "list", isOrdered: true, items: [[{ kind: "text", text: "i" }]] },
    {
      kind: "table",
      head: [[{ kind: "text", text: "j" }], [{ kind: "text", text: "k" }]],
      rows: [[[{ kind: "code", text: "l" }], [{ kind: "text", text: "m" }]]],
    },
  ]);
});

it.each(Object.entries(GUIDES))("has the guide %s with title and chapters", async (_, guide) => {
  const blocks = blocksOf(await guide.load());
  expect(blocks[0]?.kind).toBe("title");
  expect(blocks.filter((block) => block.kind === "heading").length).toBeGreaterThan(3);
});
