/**
 * The tree of sites for choosing among them: branches with how many are chosen below, sectors across the
 * tree, search. Pure; used by SitesSection. Knows no name of any level.
 */
import type { SiteSummary } from "../../../protocol/generated";
import { folded } from "../../../ui/names";

export interface SiteNode {
  site: SiteSummary;
  children: readonly SiteNode[];
  /** The site itself and all below it, in order. */
  ids: readonly string[];
}

/** The trees of a list of sites; whose parent is not in it stands at the top. */
export function treesOf(sites: readonly SiteSummary[]): readonly SiteNode[] {
  const known = new Set(sites.map((site) => site.id));
  const below = new Map<string | null, SiteSummary[]>();
  for (const site of sites) {
    const parent = site.parent !== null && known.has(site.parent) ? site.parent : null;
    below.set(parent, [...(below.get(parent) ?? []), site]);
  }
  const grow = (site: SiteSummary): SiteNode => {
    const children = (below.get(site.id) ?? []).map(grow);
    return { site, children, ids: [site.id, ...children.flatMap((child) => child.ids)] };
  };
  return (below.get(null) ?? []).map(grow);
}

/** Ids in the order of the tree. */
export function inOrder(trees: readonly SiteNode[]): readonly string[] {
  return trees.flatMap((tree) => tree.ids);
}

/** The branches in which something is found, without the others. */
export function pruned(trees: readonly SiteNode[], text: string): readonly SiteNode[] {
  const wanted = folded(text);
  if (!wanted) return trees;
  return trees.flatMap((node) => {
    if (folded(node.site.name).includes(wanted)) return [node];
    const children = pruned(node.children, text);
    return children.length > 0 ? [{ ...node, children }] : [];
  });
}

export interface Sector {
  name: string;
  ids: readonly string[];
}

/** The sectors that cut across the tree, in order of first appearance. */
export function sectorsOf(sites: readonly SiteSummary[]): readonly Sector[] {
  const byName = new Map<string, string[]>();
  for (const { id, sector } of sites) {
    if (sector !== null && sector !== "") byName.set(sector, [...(byName.get(sector) ?? []), id]);
  }
  return [...byName].map(([name, ids]) => ({ name, ids }));
}

/** Whether none, some or all of `ids` are chosen. */
export function share(ids: readonly string[], chosen: ReadonlySet<string>): "none" | "some" | "all" {
  const count = ids.filter((id) => chosen.has(id)).length;
  return count === 0 ? "none" : count === ids.length ? "all" : "some";
}

/** All of `ids` in, or out when they were all in. */
export function toggled(ids: readonly string[], chosen: ReadonlySet<string>): ReadonlySet<string> {
  const isAll = share(ids, chosen) === "all";
  const next = new Set(chosen);
  for (const id of ids) {
    if (isAll) next.delete(id);
    else next.add(id);
  }
  return next;
}
