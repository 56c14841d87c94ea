/**
 * Turns a page of the grid.
 */
import { ChevronLeft, ChevronRight } from "lucide-react";
import { Button } from "react-aria-components";
import { useTranslation } from "react-i18next";
import styles from "./PageButton.module.css";

type PageButtonProps = { direction: "previous" | "next"; isDisabled: boolean; onPress: () => void };

export function PageButton({ direction, isDisabled, onPress }: PageButtonProps) {
  const { t } = useTranslation();
  return (
    <Button
      className={styles.button ?? ""}
      aria-label={t(direction === "next" ? "meeting.page_next" : "meeting.page_previous")}
      isDisabled={isDisabled}
      onPress={onPress}
    >
      {direction === "next" ? <ChevronRight size={20} aria-hidden /> : <ChevronLeft size={20} aria-hidden />}
    </Button>
  );
}
