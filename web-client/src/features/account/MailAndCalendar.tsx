/**
 * Where invitations are sent, and the feed that puts one's meetings into a calendar program.
 */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CalendarPlus, Check, CircleAlert, Copy } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { shortDay } from "../../i18n/format";
import {
  calendarFeed,
  changeEmail,
  closeCalendarFeed,
  openCalendarFeed,
  ownEmail,
} from "../../protocol/calendar";
import { wholeAddress } from "../../routes";
import { Button } from "../../ui/Button";
import { useCopy } from "../../ui/copy";
import { Banner } from "../../ui/Notice";
import { httpSentence } from "../../ui/refusals";
import { TextField } from "../../ui/TextField";
import styles from "./MailAndCalendar.module.css";

const FEED_KEY = ["me", "calendar"];
const EMAIL_KEY = ["me", "email"];

export function MailAndCalendar() {
  const email = useQuery({ queryKey: EMAIL_KEY, queryFn: ownEmail });
  return (
    <div className={styles.parts}>
      {email.data ? <EmailForm key={email.data.email} email={email.data.email} /> : null}
      <Feed />
    </div>
  );
}

function EmailForm({ email }: { email: string }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [text, setText] = useState(email);
  const change = useMutation({
    mutationFn: () => changeEmail(text.trim()),
    onSuccess: (now) => queries.setQueryData(EMAIL_KEY, now),
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== email) change.mutate();
  };
  return (
    <form className={styles.email} onSubmit={send} noValidate>
      <TextField
        label={t("calendar.email")}
        help={t("calendar.email_help")}
        type="email"
        value={text}
        onChange={setText}
        maxLength={254}
        error={change.isError ? httpSentence(change.error, t) : undefined}
      />
      <Button type="submit" isDisabled={text.trim() === email || change.isPending}>
        {t("calendar.email_save")}
      </Button>
    </form>
  );
}

function Feed() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const feed = useQuery({ queryKey: FEED_KEY, queryFn: calendarFeed });
  const done = { onSettled: () => queries.invalidateQueries({ queryKey: FEED_KEY }) };
  const open = useMutation({ mutationFn: openCalendarFeed, ...done });
  const close = useMutation({ mutationFn: closeCalendarFeed, onSuccess: () => open.reset(), ...done });
  const failure = open.error ?? close.error ?? feed.error;
  const isActive = feed.data?.active === true;
  return (
    <div className={styles.feed}>
      <p>
        {isActive && feed.data?.made_ms !== undefined
          ? t("calendar.active", { day: shortDay(feed.data.made_ms) })
          : t("calendar.none")}
      </p>
      {failure ? (
        <Banner kind="danger" icon={<CircleAlert size={20} aria-hidden />} isLive>
          {httpSentence(failure, t)}
        </Banner>
      ) : null}
      {open.data ? <Address address={wholeAddress(open.data.address)} /> : null}
      <div className={styles.actions}>
        <Button
          icon={<CalendarPlus size={18} aria-hidden />}
          isDisabled={open.isPending || feed.isPending}
          onPress={() => open.mutate()}
        >
          {t(isActive ? "calendar.renew" : "calendar.open")}
        </Button>
        {isActive ? (
          <Button variant="danger-outline" isDisabled={close.isPending} onPress={() => close.mutate()}>
            {t("calendar.close")}
          </Button>
        ) : null}
      </div>
    </div>
  );
}

function Address({ address }: { address: string }) {
  const { t } = useTranslation();
  const { isCopied, copy } = useCopy(address);
  return (
    <div className={styles.email}>
      <TextField label={t("calendar.address")} help={t("calendar.address_help")} value={address} isReadOnly />
      <Button
        icon={isCopied ? <Check size={18} aria-hidden /> : <Copy size={18} aria-hidden />}
        onPress={copy}
      >
        {t(isCopied ? "action.link_copied" : "action.copy_link")}
      </Button>
    </div>
  );
}
