/**
 * Who waits, who wants to speak, who is inside; with the search once there are many.
 */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ParticipantId } from "../../../protocol/generated";
import type { MeetingState } from "../../../state/meeting-store";
import { may } from "../../../state/meeting-store";
import { folded } from "../../../ui/names";
import { TextField } from "../../../ui/TextField";
import { useMeetingState } from "../meeting-context";
import { HandList } from "./HandList";
import styles from "./PeoplePanel.module.css";
import { PersonRow } from "./PersonRow";
import { inReadingOrder } from "./people-order";
import { WaitingList } from "./WaitingList";

/** From this many people on the list can be searched. */
const SEARCH_FROM = 9;

export function PeoplePanel() {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const mayAdmit = useMeetingState(may("admit"));
  const waiting = useMeetingState((state) => state.waiting.length);
  const participants = useMeetingState((state) => state.participants);
  const self = useMeetingState((state) => state.you?.participant ?? null);
  const people = inReadingOrder([...participants.values()], self);
  const wanted = folded(text);
  const found = people.filter((person) => folded(`${person.name} ${person.unit}`).includes(wanted));
  return (
    <>
      <div className={styles.scroll}>
        {mayAdmit && waiting > 0 ? <WaitingList /> : null}
        <HandList />
        <section className={styles.section} aria-label={t("people.inside")}>
          <div className={styles.head}>
            <h2 className={styles.title}>{t("people.inside")}</h2>
          </div>
          {people.length >= SEARCH_FROM ? (
            <div className={styles.search}>
              <TextField
                aria-label={t("people.search")}
                label=""
                placeholder={t("people.search")}
                value={text}
                onChange={setText}
              />
            </div>
          ) : null}
          {found.length === 0 ? (
            <p className={styles.none}>{t("people.search_none", { text })}</p>
          ) : (
            <ul>
              {found.map((person) => (
                <PersonRow key={person.id} id={person.id} />
              ))}
            </ul>
          )}
        </section>
      </div>
      <OwnPlace />
    </>
  );
}

/** The one line at the foot that concerns only oneself. */
function OwnPlace() {
  const { t } = useTranslation();
  const place = useMeetingState((state) => placeOf(state, state.you?.participant));
  if (place === 0) return null;
  return <p className={styles.foot}>{t("people.hand_place", { place })}</p>;
}

function placeOf(state: MeetingState, id: ParticipantId | undefined): number {
  return id === undefined ? 0 : state.hands.indexOf(id) + 1;
}
