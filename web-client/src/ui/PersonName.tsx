/**
 * A name that fits its box: it wraps as far as the box allows, then shortens from the middle.
 *
 * Used by tiles and lists. Never cuts the end off, because the given name stands there. The full
 * name stays in the title and for screen readers.
 */
import { useLayoutEffect, useRef, useState } from "react";
import { shorterForms } from "./names";
import styles from "./PersonName.module.css";

type PersonNameProps = { name: string; prefix?: string; lines?: 1 | 2 };

export function PersonName({ name, prefix = "", lines = 2 }: PersonNameProps) {
  const box = useRef<HTMLSpanElement>(null);
  const forms = shorterForms(name).map((form) => prefix + form);
  const full = forms[0] ?? name;
  const [shown, setShown] = useState(full);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const candidates = shorterForms(name).map((form) => prefix + form);
    const refit = () => setShown(longestThatFits(element, candidates));
    refit();
    const observer = new ResizeObserver(refit);
    if (element.parentElement) observer.observe(element.parentElement);
    return () => observer.disconnect();
  }, [name, prefix]);
  return (
    <span className={styles.name} data-lines={lines} title={full}>
      <span ref={box} aria-hidden className={styles.fitted}>
        {shown}
      </span>
      <span className={styles.whole}>{full}</span>
    </span>
  );
}

function longestThatFits(element: HTMLElement, candidates: readonly string[]): string {
  const before = element.textContent;
  let chosen = candidates[candidates.length - 1] ?? "";
  for (const candidate of candidates) {
    element.textContent = candidate;
    const isCut =
      element.scrollHeight > element.clientHeight + 1 || element.scrollWidth > element.clientWidth;
    if (!isCut) {
      chosen = candidate;
      break;
    }
  }
  element.textContent = before;
  return chosen;
}
