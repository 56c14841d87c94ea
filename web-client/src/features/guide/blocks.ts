/**
 * Reads the little Markdown that the guides in docs/guides use: headings, paragraphs, lists, tables,
 * bold, code. Called by GuidePage. Pure; knows nothing else and renders nothing.
 */

/** A piece of a line. */
export interface Span {
  kind: "text" | "strong" | "code";
  text: string;
}

export type Block =
  | { kind: "title" | "heading" | "paragraph"; spans: Span[] }
  | { kind: "list"; isOrdered: boolean; items: Span[][] }
  | { kind: "table"; head: Span[][]; rows: Span[][][] };

export function spansOf(line: string): Span[] {
  return line
    .split(/(\*\*[^*]+\*\*|`[^`]+`)/u)
    .filter((piece) => piece !== "")
    .map((piece) => {
      if (piece.startsWith("**")) return { kind: "strong", text: piece.slice(2, -2) };
      if (piece.startsWith("`")) return { kind: "code", text: piece.slice(1, -1) };
      return { kind: "text", text: piece };
    });
}

export function blocksOf(markdown: string): Block[] {
  return markdown
    .split(/\n{2,}/u)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map(blockOf);
}

function blockOf(part: string): Block {
  if (part.startsWith("## ")) return { kind: "heading", spans: spansOf(part.slice(3)) };
  if (part.startsWith("# ")) return { kind: "title", spans: spansOf(part.slice(2)) };
  if (part.startsWith("|")) return tableOf(part.split("\n"));
  const isOrdered = /^\d+\. /u.test(part);
  if (isOrdered || part.startsWith("- ")) {
    const items = part.split(isOrdered ? /\n(?=\d+\. )/u : /\n(?=- )/u);
    return {
      kind: "list",
      isOrdered,
      items: items.map((item) => spansOf(joined(item.replace(/^(- |\d+\. )/u, "")))),
    };
  }
  return { kind: "paragraph", spans: spansOf(joined(part)) };
}

function tableOf(lines: readonly string[]): Block {
  const cells = (line: string) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => spansOf(cell.trim()));
  const [head = "", , ...rows] = lines;
  return { kind: "table", head: cells(head), rows: rows.map(cells) };
}

/** Lines broken in the file are one line on screen. */
function joined(text: string): string {
  return text.replaceAll(/\s*\n\s*/gu, " ");
}
