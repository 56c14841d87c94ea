/**
 * Entry of the web client: styles, settings, words, then the first page.
 *
 * Called by index.html. Does nothing else; pages and addresses are in App.tsx.
 */
import "./ui/fonts.css";
import "./ui/tokens.css";
import "./ui/base.css";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { createI18n } from "./i18n";
import { registerOfflinePage } from "./install";
import { createLiveMeeting } from "./state/live-meeting";
import { createSettings } from "./state/settings-store";

registerOfflinePage();
const settings = createSettings(browserStorage());
const i18n = await createI18n(settings.store.getState().language);
const place = document.getElementById("root");
if (place) {
  createRoot(place).render(
    <App
      i18n={i18n}
      settings={settings}
      createMeeting={(conference) => createLiveMeeting({ conference, settings })}
    />,
  );
}

/** Reading `localStorage` itself throws where a policy forbids it. */
function browserStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
