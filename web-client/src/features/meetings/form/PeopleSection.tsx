/**
 * Who is invited in which role: found among the people of the system, or by e-mail.
 *
 * Part of the form of a new meeting; later the invitations have a page of their own.
 */
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { InvitedPerson } from "../../../protocol/generated";
import { IconButton } from "../../../ui/IconButton";
import { PeoplePicker } from "../PeoplePicker";
import { RoleSelect } from "../RoleSelect";
import { MAX, personKey } from "./draft";
import styles from "./Fields.module.css";
import { FormSection } from "./FormSection";
import type { PartProps } from "./part";

export function PeopleSection({ draft, change }: Pick<PartProps, "draft" | "change">) {
  const { t } = useTranslation();
  const { people } = draft;
  const add = (person: InvitedPerson) => {
    const key = personKey(person);
    if (people.length >= MAX.people || people.some((one) => one.key === key)) return;
    change({ people: [...people, { ...person, key }] });
  };
  return (
    <FormSection title={t("form.people")} text={t("form.people_text")}>
      <PeoplePicker taken={new Set(people.map((person) => person.key))} onAdd={add} />
      <p className={styles.count} role="status">
        {t("form.people_chosen", { count: people.length })}
      </p>
      {people.length > 0 ? (
        <ul className={styles.list}>
          {people.map((person) => (
            <li key={person.key} className={styles.person}>
              <span className={styles.words}>
                <span>{person.name || person.user || person.email}</span>
                <small>{[person.unit, person.email].filter(Boolean).join(" · ")}</small>
              </span>
              <div className={styles.role}>
                <RoleSelect
                  name={person.name ?? person.email ?? ""}
                  role={person.role}
                  onChange={(role) =>
                    change({ people: people.map((one) => (one.key === person.key ? { ...one, role } : one)) })
                  }
                />
              </div>
              <IconButton
                size="dense"
                label={t("form.person_drop", { name: person.name ?? person.email ?? "" })}
                onPress={() => change({ people: people.filter((one) => one.key !== person.key) })}
              >
                <X size={16} aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
      ) : null}
    </FormSection>
  );
}
