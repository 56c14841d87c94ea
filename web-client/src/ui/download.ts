/**
 * Hands a text to the person as a file. Used where something is told once: codes, refused rows.
 */
export function saveText(name: string, text: string, type: "text/plain" | "text/csv"): void {
  // The mark at the start tells Excel that this is UTF-8.
  saveFile(name, new Blob([`\uFEFF${text}`], { type: `${type};charset=utf-8` }));
}

/** Hands over what is a file already. */
export function saveFile(name: string, file: Blob): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
