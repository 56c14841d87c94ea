/**
 * The second factor: how it stands, setting it up in three steps, fresh recovery codes, doing
 * without it.
 */
import { useQueryClient } from "@tanstack/react-query";
import { ShieldCheck, ShieldOff } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { removeSecondFactor, renewRecoveryCodes } from "../../protocol/account";
import type { Profile } from "../../protocol/generated";
import { Button } from "../../ui/Button";
import { Banner } from "../../ui/Notice";
import { SESSION_KEY } from "../../ui/session";
import { PasswordAgain } from "./PasswordAgain";
import { RecoveryCodes } from "./RecoveryCodes";
import styles from "./SecondFactor.module.css";
import { SecondFactorSetup } from "./SecondFactorSetup";

/** Fewer recovery codes than this: time for new ones. */
const FEW_CODES = 3;

export function SecondFactor({ profile }: { profile: Profile }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [mode, setMode] = useState<"rest" | "setup" | "renew" | "remove">(
    profile.person.duty ? "setup" : "rest",
  );
  const [fresh, setFresh] = useState<readonly string[] | null>(null);
  const { on, required, recovery_codes: codes } = profile.second_factor;
  const rest = () => setMode("rest");
  const finish = () => {
    setFresh(null);
    rest();
    void queries.invalidateQueries({ queryKey: SESSION_KEY });
  };
  if (mode === "setup") {
    return <SecondFactorSetup onDone={finish} onCancel={profile.person.duty ? undefined : rest} />;
  }
  if (fresh) return <RecoveryCodes lead={t("second_factor.renewed_text")} codes={fresh} onDone={finish} />;
  return (
    <div className={styles.stack}>
      <Banner
        kind={on ? (codes < FEW_CODES ? "warn" : "ok") : "info"}
        icon={on ? <ShieldCheck size={20} aria-hidden /> : <ShieldOff size={20} aria-hidden />}
      >
        {t(on ? "second_factor.on" : "second_factor.off")}
        {on ? ` ${t("second_factor.codes_left", { count: codes })}` : ""}
      </Banner>
      {on ? null : (
        <div>
          <Button variant="primary" onPress={() => setMode("setup")}>
            {t("second_factor.begin")}
          </Button>
        </div>
      )}
      {on && required ? <p className={styles.note}>{t("second_factor.required")}</p> : null}
      {on && mode === "rest" ? (
        <div className={styles.buttons}>
          <Button variant={codes < FEW_CODES ? "primary" : "secondary"} onPress={() => setMode("renew")}>
            {t("second_factor.renew")}
          </Button>
          {required ? null : <Button onPress={() => setMode("remove")}>{t("second_factor.remove")}</Button>}
        </div>
      ) : null}
      {mode === "renew" ? (
        <PasswordAgain
          key="renew"
          text={t("second_factor.renew_text")}
          submit={t("second_factor.renew")}
          send={renewRecoveryCodes}
          onDone={({ codes: made }) => setFresh(made)}
          onCancel={rest}
        />
      ) : null}
      {mode === "remove" ? (
        <PasswordAgain
          key="remove"
          text={t("second_factor.remove_text")}
          submit={t("second_factor.remove")}
          send={removeSecondFactor}
          onDone={finish}
          onCancel={rest}
        />
      ) : null}
    </div>
  );
}
