/**
 * A page that says one thing and offers the way on: ended, removed, unknown, guest's first page.
 */

import type { ReactNode } from "react";
import { NoticeCard, type NoticeKind } from "./Notice";
import { PageFrame } from "./PageFrame";
import type { StateMotif } from "./StatePicture";
import styles from "./TextPage.module.css";

type TextPageProps = {
  kind: NoticeKind;
  picture: StateMotif;
  title: string;
  text: string;
  code?: string | undefined;
  actions?: ReactNode;
  children?: ReactNode;
};

export function TextPage(props: TextPageProps) {
  return (
    <PageFrame title={props.title} hasOwnHeading shape="card">
      <div className={styles.words}>
        <NoticeCard headingLevel={1} {...props}>
          {props.children}
        </NoticeCard>
      </div>
    </PageFrame>
  );
}
