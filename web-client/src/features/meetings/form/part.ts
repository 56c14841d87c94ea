/** What every part of the form gets. */
import type { Draft } from "./draft";
import type { Problems } from "./problems";

export type PartProps = {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  problems: Problems;
};
