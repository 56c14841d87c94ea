/**
 * The sites that take part: by branch of the tree, by sector, one by one, found by name.
 */
import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { allSites } from "../../../protocol/meetings";
import { Button } from "../../../ui/Button";
import { httpSentence } from "../../../ui/refusals";
import { TextField } from "../../../ui/TextField";
import styles from "./Fields.module.css";
import { FormSection } from "./FormSection";
import type { PartProps } from "./part";
import { inOrder, pruned, type SiteNode, sectorsOf, share, toggled, treesOf } from "./site-tree";

export const SITES_KEY = ["sites"];

/** The tree of sites, asked for once; empty until it is there. */
export function useSites() {
  const question = useQuery({ queryKey: SITES_KEY, queryFn: allSites, staleTime: Number.POSITIVE_INFINITY });
  const sites = question.data;
  const trees = useMemo(() => treesOf(sites ?? []), [sites]);
  const order = useMemo(() => inOrder(trees), [trees]);
  return { question, sites: sites ?? [], trees, order };
}

type Choice = Pick<PartProps, "draft" | "change">;

export function SitesSection({ draft, change }: Choice) {
  const { t } = useTranslation();
  const { question, sites, trees } = useSites();
  const [text, setText] = useState("");
  const sectors = sectorsOf(sites);
  const toggle = (ids: readonly string[]) => change({ sites: toggled(ids, draft.sites) });
  const found = pruned(trees, text);
  return (
    <FormSection title={t("form.sites")} text={t("form.sites_text")}>
      <p className={styles.count} role="status">
        {t("form.sites_chosen", { count: draft.sites.size, all: sites.length })}
      </p>
      {sectors.length > 0 ? (
        <ul className={styles.chips} aria-label={t("form.sectors")}>
          {sectors.map((sector) => (
            <li key={sector.name}>
              <button
                type="button"
                className={styles.chip}
                aria-pressed={share(sector.ids, draft.sites) === "all"}
                onClick={() => toggle(sector.ids)}
              >
                {t("form.sector", { name: sector.name, count: sector.ids.length })}
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <TextField label={t("sites.search")} type="search" value={text} onChange={setText} />
      {question.isError ? (
        <div>
          <p className={styles.help} role="alert">
            {httpSentence(question.error, t)}
          </p>
          <Button onPress={() => void question.refetch()}>{t("action.retry")}</Button>
        </div>
      ) : (
        <div className={`${styles.list} ${styles.scroll}`}>
          {question.isPending ? (
            <p className={styles.tree} role="status">
              {t("app.loading")}
            </p>
          ) : found.length === 0 ? (
            <p className={styles.tree}>{t("sites.nothing")}</p>
          ) : (
            <ul className={styles.tree}>
              {found.map((node) => (
                <Branch
                  key={node.site.id}
                  node={node}
                  chosen={draft.sites}
                  isOpen={found.length === 1 || text !== ""}
                  hasSearch={text !== ""}
                  onToggle={toggle}
                />
              ))}
            </ul>
          )}
        </div>
      )}
    </FormSection>
  );
}

type BranchProps = {
  node: SiteNode;
  chosen: ReadonlySet<string>;
  /** Unfolded at first. */
  isOpen: boolean;
  hasSearch: boolean;
  onToggle: (ids: readonly string[]) => void;
};

function Branch({ node, chosen, isOpen, hasSearch, onToggle }: BranchProps) {
  const { t } = useTranslation();
  const [wasOpened, setOpened] = useState<boolean | null>(null);
  const isUnfolded = wasOpened ?? isOpen;
  const { site, children, ids } = node;
  const state = share(ids, chosen);
  const count = ids.filter((id) => chosen.has(id)).length;
  const hasChildren = children.length > 0;
  return (
    <li>
      <div className={styles.site}>
        {hasChildren ? (
          <button
            type="button"
            className={styles.fold}
            aria-expanded={isUnfolded}
            aria-label={t("form.unfold", { name: site.name })}
            onClick={() => setOpened(!isUnfolded)}
          >
            <ChevronRight size={16} aria-hidden />
          </button>
        ) : (
          <span className={styles.leaf} />
        )}
        <label>
          <input
            type="checkbox"
            checked={state === "all"}
            ref={(box) => {
              if (box) box.indeterminate = state === "some";
            }}
            onChange={() => onToggle(ids)}
          />
          <span>{site.name}</span>
          {hasChildren ? (
            <span className={styles.help}>{t("form.below", { chosen: count, all: ids.length })}</span>
          ) : null}
        </label>
      </div>
      {hasChildren && isUnfolded ? (
        <ul className={styles.branch}>
          {children.map((child) => (
            <Branch
              key={child.site.id}
              node={child}
              chosen={chosen}
              isOpen={hasSearch}
              hasSearch={hasSearch}
              onToggle={onToggle}
            />
          ))}
        </ul>
      ) : null}
    </li>
  );
}
