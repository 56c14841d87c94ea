/**
 * A division of the composed picture while somebody chooses it: for whom, which layout, who sits where. Pure.
 */
import type { Arrangement, Arrangements, SeatHolder, SiteId, Tiling } from "../../../protocol/generated";
import type { CourseRequest } from "../../../state/meeting";
import { tilesOf } from "./tilings";

export interface PictureDraft {
  /** The sites that get this picture; null for everybody who looks. */
  sites: readonly SiteId[] | null;
  /** Null: as the stage is set; for sites, as everybody sees it. */
  tiling: Tiling | null;
  seats: ReadonlyMap<number, SeatHolder>;
}

/** What was chosen: for all, or for a group by its number. */
export function draftOf(pictures: Arrangements, group: number | null): PictureDraft {
  const chosen = group === null ? undefined : pictures.groups[group];
  const arrangement = group === null ? pictures.for_all : chosen?.arrangement;
  return {
    sites: group === null ? null : (chosen?.sites ?? []),
    tiling: arrangement?.tiling ?? null,
    seats: new Map(arrangement?.seats.map(({ seat, ...holder }) => [seat, holder])),
  };
}

/** Another layout; whoever has a seat there too keeps it. */
export function withTiling(draft: PictureDraft, tiling: Tiling | null): PictureDraft {
  const places = tiling === null ? [] : tilesOf(tiling);
  const isKept = ([seat]: [number, SeatHolder]) => places[seat]?.isContent === false;
  return { ...draft, tiling, seats: new Map([...draft.seats].filter(isKept)) };
}

/** Somebody gets a seat and leaves the one they had; null frees it. */
export function withSeat(draft: PictureDraft, seat: number, holder: SeatHolder | null): PictureDraft {
  const others = [...draft.seats].filter(
    ([at, one]) => at !== seat && (holder === null || holderKey(one) !== holderKey(holder)),
  );
  return { ...draft, seats: new Map(holder === null ? others : [...others, [seat, holder]]) };
}

/** Tells holders apart. */
export function holderKey(holder: SeatHolder): string {
  return holder.shows === "site" ? `site:${holder.site}` : holder.shows;
}

/** The holder of that key; null for none. */
export function holderOf(key: string): SeatHolder | null {
  if (key.startsWith("site:")) return { shows: "site", site: key.slice("site:".length) };
  return key === "queue" || key === "patrol" ? { shows: key } : null;
}

/** What to ask of the server so that `draft` takes the place of group `group`. */
export function requestsOf(
  pictures: Arrangements,
  group: number | null,
  draft: PictureDraft,
): readonly CourseRequest[] {
  const seats = [...draft.seats]
    .sort(([left], [right]) => left - right)
    .map(([seat, holder]) => ({ seat, ...holder }));
  const arrangement: Arrangement | null = draft.tiling === null ? null : { tiling: draft.tiling, seats };
  if (draft.sites === null) return [{ type: "arrange_picture", arrangement }];
  const { sites } = draft;
  const before = group === null ? [] : (pictures.groups[group]?.sites ?? []);
  const dropped = before.filter((site) => !sites.includes(site));
  return [
    ...(dropped.length > 0 ? [{ type: "arrange_picture" as const, sites: dropped, arrangement: null }] : []),
    ...(sites.length > 0 ? [{ type: "arrange_picture" as const, sites: [...sites], arrangement }] : []),
  ];
}
