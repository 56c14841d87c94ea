/**
 * /guide/NAME: one of the guides as a page to read or print. Loaded only when it is opened.
 */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { guidePath, HOME } from "../../routes";
import { AppBar } from "../../ui/AppBar";
import { ButtonLink } from "../../ui/Button";
import { usePage } from "../../ui/page";
import { useSession, useSignOut } from "../../ui/session";
import { type Block, blocksOf, type Span } from "./blocks";
import styles from "./GuidePage.module.css";
import { GUIDES, type GuideName, isGuide } from "./guides";

export function GuidePage({ name }: { name: string }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const session = useSession();
  const signOut = useSignOut();
  const person = session.data ?? null;
  const chosen: GuideName = isGuide(name) ? name : "dai-bieu";
  usePage(t("guide.title"));
  const guide = useQuery({ queryKey: ["guide", chosen], queryFn: GUIDES[chosen].load, staleTime: Infinity });
  return (
    <div className={styles.page}>
      <AppBar person={person} onHome={() => navigate(HOME)} onSignOut={person ? signOut : undefined} />
      <nav className={styles.names} aria-label={t("guide.title")}>
        {(Object.keys(GUIDES) as GuideName[]).map((one) => (
          <ButtonLink
            key={one}
            href={guidePath(one)}
            variant={one === chosen ? "primary" : "secondary"}
            onFollow={navigate}
          >
            {t(`guide.${one}`)}
          </ButtonLink>
        ))}
      </nav>
      <main className={styles.text} lang="vi">
        {guide.data ? (
          blocksOf(guide.data).map((block, at) => (
            // The text of a guide never changes while it is shown.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <Shown key={at} block={block} />
          ))
        ) : (
          <div role="status" aria-label={t("app.loading")} />
        )}
      </main>
    </div>
  );
}

function Shown({ block }: { block: Block }) {
  switch (block.kind) {
    case "title":
      return (
        <h1>
          <Spans spans={block.spans} />
        </h1>
      );
    case "heading":
      return (
        <h2>
          <Spans spans={block.spans} />
        </h2>
      );
    case "paragraph":
      return (
        <p>
          <Spans spans={block.spans} />
        </p>
      );
    case "list": {
      const List = block.isOrdered ? "ol" : "ul";
      return (
        <List>
          {block.items.map((item) => (
            <li key={textOf(item)}>
              <Spans spans={item} />
            </li>
          ))}
        </List>
      );
    }
    case "table":
      return <Table head={block.head} rows={block.rows} />;
  }
}

function Table({ head, rows }: { head: Span[][]; rows: Span[][][] }) {
  return (
    <div className={styles.wide}>
      <table>
        <thead>
          <tr>
            {head.map((cell) => (
              <th key={textOf(cell)} scope="col">
                <Spans spans={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.map(textOf).join("|")}>
              {row.map((cell) => (
                <td key={textOf(cell)}>
                  <Spans spans={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Spans({ spans }: { spans: readonly Span[] }) {
  return spans.map((span) => {
    if (span.kind === "strong") return <strong key={span.text}>{span.text}</strong>;
    if (span.kind === "code") return <code key={span.text}>{span.text}</code>;
    return span.text;
  });
}

function textOf(spans: readonly Span[]): string {
  return spans.map((span) => span.text).join("");
}
