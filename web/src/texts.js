// The page's texts in the reader's language: the app's own, and a few for the browser alone.

import { errors as deErrors, page as dePage } from "../../interface/text/de.json";
import { errors as enErrors, page as enPage } from "../../interface/text/en.json";
import { errors as frErrors, page as frPage } from "../../interface/text/fr.json";
import de from "../text/de.json";
import en from "../text/en.json";
import fr from "../text/fr.json";

const LANGUAGES = {
  en: { ...enErrors, ...enPage, ...en },
  de: { ...deErrors, ...dePage, ...de },
  fr: { ...frErrors, ...frPage, ...fr },
};

export const LANGUAGE = Object.keys(LANGUAGES).find((code) => navigator.language.startsWith(code)) ?? "en";

/** A text by its key, its placeholders filled. */
export function tell(key, values = {}) {
  return LANGUAGES[LANGUAGE][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Fill every element that names its text by data-text, or its label by data-label. */
export function fillTexts() {
  document.documentElement.lang = LANGUAGE;
  for (const part of document.querySelectorAll("[data-text]")) {
    part.textContent = tell(part.dataset.text);
  }
  for (const part of document.querySelectorAll("[data-label]")) {
    part.setAttribute("aria-label", tell(part.dataset.label));
  }
}
