/**
 * Name, unit, role and login name as the administrators wrote them.
 */
import { useTranslation } from "react-i18next";
import { shortDay } from "../../i18n/format";
import type { Profile } from "../../protocol/generated";
import styles from "./PersonFacts.module.css";

export function PersonFacts({ profile }: { profile: Profile }) {
  const { t } = useTranslation();
  const { person } = profile;
  const facts = [
    [t("account.name"), person.name],
    [t("account.unit"), person.unit || t("account.no_unit")],
    [t("account.role"), t(`role.${person.role}`)],
    [t("account.user"), person.user],
    [t("account.password_set"), shortDay(profile.password_set_ms)],
    ...(profile.password_ends_ms === null
      ? []
      : [[t("account.password_ends"), shortDay(profile.password_ends_ms)]]),
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name} className={styles.fact}>
          <dt className={styles.name}>{name}</dt>
          <dd className={styles.value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
