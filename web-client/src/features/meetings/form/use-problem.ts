/** The sentence of a field's problem. Used by the parts of the form. */
import { useTranslation } from "react-i18next";
import type { Problems } from "./problems";

export function useProblem(problems: Problems): (field: string) => string | undefined {
  const { t } = useTranslation();
  return (field) => {
    const code = problems[field];
    return code === undefined ? undefined : t(`form.problem.${code}`);
  };
}
