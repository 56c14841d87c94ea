/**
 * What composed pictures write under the sites, while somebody changes it: which sites are listed, and what is
 * asked of the server. Pure.
 */
import type { SiteId, SiteView } from "../../../protocol/generated";
import type { CourseRequest } from "../../../state/meeting";
import { folded } from "../../../ui/names";

/** As many characters as the server takes. */
export const MAX_CAPTION = 80;
/** Most sites listed at once; a search finds the others. */
export const MAX_LISTED = 8;

/** What was typed, of the sites where something was. */
export type CaptionDraft = ReadonlyMap<SiteId, string>;

/** The sites to list for a search, those of `first` in front, and how many more there are. */
export function listed(
  sites: readonly SiteView[],
  first: ReadonlySet<SiteId>,
  search: string,
): { shown: readonly SiteView[]; more: number } {
  const wanted = folded(search);
  const found = sites.filter(({ id, name, group, caption }) =>
    folded(`${id} ${name} ${group} ${caption}`).includes(wanted),
  );
  const isFirst = (site: SiteView) => first.has(site.id);
  const ordered = [...found.filter(isFirst), ...found.filter((site) => !isFirst(site))];
  return { shown: ordered.slice(0, MAX_LISTED), more: Math.max(0, ordered.length - MAX_LISTED) };
}

/** What to ask of the server so that the captions are as in `draft`. */
export function captionRequests(
  sites: ReadonlyMap<SiteId, SiteView>,
  draft: CaptionDraft,
): readonly CourseRequest[] {
  return [...draft].flatMap(([site, typed]) => {
    const known = sites.get(site);
    const tidy = typed.normalize("NFC").trim();
    // The name itself is no caption: it goes on following the tree of sites.
    const caption = tidy === known?.name.normalize("NFC") ? "" : tidy;
    if (known === undefined || caption === known.caption) return [];
    return [{ type: "set_caption" as const, site, caption: caption === "" ? null : caption }];
  });
}
