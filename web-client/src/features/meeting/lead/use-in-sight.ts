/**
 * Keeps the row of one site in the middle of its list, whenever another site becomes that one. Rows carry
 * `data-site`, and the list is what they are placed in (`position: relative`).
 */
import { type RefObject, useEffect, useRef } from "react";
import type { SiteId } from "../../../protocol/generated";

export function useInSight(site: SiteId | undefined): RefObject<HTMLOListElement | null> {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    if (site === undefined) return;
    const row = list.current?.querySelector<HTMLElement>(`[data-site="${CSS.escape(site)}"]`);
    // Only the list may move, never the page around it.
    if (row && list.current) {
      list.current.scrollTop = row.offsetTop - (list.current.clientHeight - row.offsetHeight) / 2;
    }
  }, [site]);
  return list;
}
