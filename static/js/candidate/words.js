// How many words a text has; exams/kinds/words.py counts by the same rule.

/** The parts between white space that hold a letter or a digit: a dash alone is no word. */
export function countWords(text) {
  return text.split(/\s+/u).filter((part) => /[\p{L}\p{N}]/u.test(part)).length;
}

/** The count with the limits, such as "12 of at least 50 words". */
export function countInWords(words, least, most) {
  const limits = [least ? `at least ${least}` : "", most ? `at most ${most}` : ""].filter(Boolean).join(" and ");
  return `${words}${limits ? ` of ${limits}` : ""} ${words === 1 && !limits ? "word" : "words"}`;
}
