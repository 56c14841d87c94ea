/**
 * The two queues and who never spoke, as tabs; below, whether requests are taken.
 */
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { Queue } from "../../../protocol/generated";
import { neverSpoke } from "../../../state/course";
import { Count } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { useMeeting, useMeetingState, useRun } from "../meeting-context";
import styles from "./FloorQueues.module.css";
import { RequestRow } from "./RequestRow";
import { SilentList } from "./SilentList";

const QUEUES: readonly Queue[] = ["speech", "question"];

export function FloorQueues() {
  const { t } = useTranslation();
  const { commands } = useMeeting();
  const run = useRun();
  const isOpen = useMeetingState((state) => state.floor.open);
  const isQuestioning = useMeetingState((state) => state.conference?.kind === "questioning");
  const silent = useMeetingState((state) => neverSpoke(state.participants, state.floor.turn).length);
  return (
    <section className={styles.card} data-region="panel" tabIndex={-1} aria-label={t("chair.queues")}>
      <Tabs className={styles.tabs ?? ""} defaultSelectedKey={isQuestioning ? "question" : "speech"}>
        <TabList className={styles.list ?? ""} aria-label={t("chair.queues")}>
          {QUEUES.map((queue) => (
            <QueueTab key={queue} queue={queue} />
          ))}
          <Tab id="silent" className={styles.tab ?? ""}>
            {t("chair.silent")} <Count value={silent} />
          </Tab>
        </TabList>
        {QUEUES.map((queue) => (
          <TabPanel key={queue} id={queue} className={styles.body ?? ""}>
            <QueueRows queue={queue} />
          </TabPanel>
        ))}
        <TabPanel id="silent" className={styles.body ?? ""}>
          <SilentList />
        </TabPanel>
      </Tabs>
      <footer className={styles.foot}>
        <span role="status">{t(isOpen ? "chair.list_open" : "chair.list_closed")}</span>
        <Button onPress={() => void run(commands.course({ type: "floor_registration", open: !isOpen }))}>
          {t(isOpen ? "chair.close_list" : "chair.open_list")}
        </Button>
      </footer>
    </section>
  );
}

function QueueTab({ queue }: { queue: Queue }) {
  const { t } = useTranslation();
  const count = useMeetingState((state) => state.floor[queue].length);
  return (
    <Tab id={queue} className={styles.tab ?? ""}>
      {t(`floor.${queue}`)} <Count value={count} isHot={count > 0} />
    </Tab>
  );
}

function QueueRows({ queue }: { queue: Queue }) {
  const { t } = useTranslation();
  const requests = useMeetingState((state) => state.floor[queue]);
  if (requests.length === 0) return <p className={styles.none}>{t(`chair.${queue}_none`)}</p>;
  return (
    <ol className={styles.rows}>
      {requests.map((request, at) => (
        <RequestRow
          key={request.participant}
          request={request}
          queue={queue}
          at={at}
          isLast={at === requests.length - 1}
        />
      ))}
    </ol>
  );
}
