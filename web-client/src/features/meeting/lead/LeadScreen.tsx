/**
 * The screens of those who lead, in the place of the pictures: chair console, roll call, sites.
 *
 * Fetched by MeetingPage when one is opened for the first time; everything here comes in that chunk.
 */
import type { SettingsStore } from "../../../state/settings-store";
import { useView } from "../meeting-context";
import { ChairConsole } from "./ChairConsole";
import { RollCallScreen } from "./RollCallScreen";
import { SitesScreen } from "./SitesScreen";

export { LeadBar } from "./LeadBar";

export function LeadScreen({ settings }: { settings: SettingsStore }) {
  const screen = useView((state) => state.screen);
  if (screen === "roll_call") return <RollCallScreen settings={settings} />;
  return screen === "sites" ? <SitesScreen /> : <ChairConsole />;
}
