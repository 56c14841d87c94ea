/**
 * Stands in for a page whose drawing failed, so that nobody is left before an empty window.
 *
 * Wraps all pages in App. Reloading is enough: the server keeps the place in the meeting.
 */
import { Component, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import styles from "./CrashGuard.module.css";
import { NoticeCard } from "./Notice";

type CrashGuardState = { hasCrashed: boolean };

export class CrashGuard extends Component<{ children: ReactNode }, CrashGuardState> {
  override state: CrashGuardState = { hasCrashed: false };

  static getDerivedStateFromError(): CrashGuardState {
    return { hasCrashed: true };
  }

  override render(): ReactNode {
    return this.state.hasCrashed ? <Crashed /> : this.props.children;
  }
}

function Crashed() {
  const { t } = useTranslation();
  return (
    <main className={styles.page}>
      <NoticeCard
        kind="danger"
        picture="crashed"
        headingLevel={1}
        title={t("crash.title")}
        text={t("crash.text")}
        code={t("crash.code")}
        actions={
          <Button variant="primary" onPress={() => window.location.reload()}>
            {t("action.reload")}
          </Button>
        }
      />
    </main>
  );
}
