/**
 * Finds people of the system by name, unit or user name, and takes others by e-mail. Used by the form and
 * by the invitations of a meeting; hands each over as it is chosen, keeps none.
 */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Check, Plus } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import type { InvitedPerson, InvitedRole, PersonFound } from "../../protocol/generated";
import { findPeople } from "../../protocol/meetings";
import { Button } from "../../ui/Button";
import { httpSentence } from "../../ui/refusals";
import { Select } from "../../ui/Select";
import { TextField } from "../../ui/TextField";
import styles from "./form/Fields.module.css";
import { INVITED_ROLES } from "./RoleSelect";

/** Shorter words find everybody. */
const LEAST_LETTERS = 2;

type PeoplePickerProps = {
  /** Person ids, user names and addresses that are invited already. */
  taken: ReadonlySet<string>;
  /** Whether one begins with it, as in a dialog. */
  isFirst?: boolean;
  onAdd: (person: InvitedPerson) => void;
};

export function PeoplePicker({ taken, isFirst = false, onAdd }: PeoplePickerProps) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [role, setRole] = useState<InvitedRole>("delegate");
  const wanted = useDeferredValue(text.trim());
  const isLong = wanted.length >= LEAST_LETTERS;
  const found = useQuery({
    queryKey: ["people", wanted],
    queryFn: () => findPeople(wanted),
    enabled: isLong,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  const take = ({ person, user, name, unit, email }: PersonFound) =>
    onAdd({ person, user, name, unit, ...(email ? { email } : {}), role });
  return (
    <div className={styles.picker}>
      <div className={styles.find}>
        <TextField
          label={t("form.find")}
          help={t("form.find_help")}
          type="search"
          value={text}
          onChange={setText}
          maxLength={100}
          autoFocus={isFirst}
        />
        <Select
          label={t("form.role")}
          options={INVITED_ROLES.map((id) => ({ id, label: t(`invited.${id}`) }))}
          value={role}
          placeholder=""
          onChange={(id) => setRole(INVITED_ROLES.find((one) => one === id) ?? "delegate")}
        />
      </div>
      {isLong && found.data ? (
        <ul className={`${styles.list} ${styles.scroll}`} aria-label={t("form.found")}>
          {found.data.length === 0 ? <li className={styles.person}>{t("form.nobody")}</li> : null}
          {found.data.map((person) => {
            const isTaken = taken.has(person.person.toLowerCase()) || taken.has(person.user.toLowerCase());
            return (
              <li key={person.person} className={styles.person}>
                <span className={styles.words}>
                  <span>{person.name}</span>
                  <small>{[person.unit, t(`role.${person.role}`)].filter(Boolean).join(" · ")}</small>
                </span>
                <Button
                  size="dense"
                  isDisabled={isTaken}
                  icon={isTaken ? <Check size={16} aria-hidden /> : <Plus size={16} aria-hidden />}
                  onPress={() => take(person)}
                  aria-label={t("form.add_name", { name: person.name })}
                >
                  {t(isTaken ? "form.added" : "form.add")}
                </Button>
              </li>
            );
          })}
        </ul>
      ) : null}
      {found.isError ? (
        <p className={styles.help} role="alert">
          {httpSentence(found.error, t)}
        </p>
      ) : null}
      <ByMail role={role} taken={taken} onAdd={onAdd} />
    </div>
  );
}

function ByMail({ role, taken, onAdd }: PeoplePickerProps & { role: InvitedRole }) {
  const { t } = useTranslation();
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [trouble, setTrouble] = useState<string | undefined>();
  const add = () => {
    const address = email.trim();
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/u.test(address)) return setTrouble(t("form.mail_wrong"));
    if (taken.has(address.toLowerCase())) return setTrouble(t("form.mail_taken"));
    onAdd({ email: address, name: name.trim().normalize("NFC"), role });
    setEmail("");
    setName("");
    setTrouble(undefined);
  };
  return (
    <div className={styles.mail}>
      <TextField
        label={t("form.mail")}
        type="email"
        value={email}
        onChange={setEmail}
        maxLength={254}
        error={trouble}
      />
      <TextField label={t("form.mail_name")} value={name} onChange={setName} maxLength={120} />
      <Button icon={<Plus size={18} aria-hidden />} onPress={add}>
        {t("form.mail_add")}
      </Button>
    </div>
  );
}
