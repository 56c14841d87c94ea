/**
 * Copies a text and says for a moment that it is copied. Used by links to conferences.
 */
import { useCallback, useEffect, useState } from "react";

/** How long "copied" is said, in ms. */
const SAID_MS = 3000;

export function useCopy(text: string): { isCopied: boolean; copy: () => void } {
  const [copiedAt, setCopiedAt] = useState(0);
  useEffect(() => {
    if (copiedAt === 0) return;
    const timer = setTimeout(() => setCopiedAt(0), SAID_MS);
    return () => clearTimeout(timer);
  }, [copiedAt]);
  const copy = useCallback(() => {
    navigator.clipboard?.writeText(text).then(
      () => setCopiedAt(Date.now()),
      () => setCopiedAt(0),
    );
  }, [text]);
  return { isCopied: copiedAt > 0, copy };
}
