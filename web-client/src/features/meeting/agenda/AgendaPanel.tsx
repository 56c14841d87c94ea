/**
 * The content of the meeting: agenda, who waits for the floor, and the own request.
 */

import panel from "../people/PeoplePanel.module.css";
import { AskForm } from "./AskForm";
import { ProgramList } from "./ProgramList";
import { QueueList } from "./QueueList";

export function AgendaPanel() {
  return (
    <>
      <div className={panel.scroll}>
        <ProgramList />
        <QueueList />
      </div>
      <AskForm />
    </>
  );
}
