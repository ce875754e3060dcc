// What became of answers that reached the server after the end, in words for the candidate.

/** `found`: numbers of changes {counted, kept, left} as `AnswerJournal.sendLate` gives them; `state`: how it ended. */
export function lateInWords({ counted, kept, left }, state) {
  const sentences = [];
  if (counted) sentences.push(`${changes(counted)} arrived after the end and ${counts(counted)}, because you gave ${counted === 1 ? "it" : "them"} in time.`);
  if (kept && state === "terminated") sentences.push(`${changes(kept)} reached the server after a proctor had ended the exam. Nothing is lost: the server keeps what you wrote, and counts it if the exam is opened again.`);
  else if (kept) sentences.push(`${changes(kept)} came too late to be counted by itself. Nothing is lost: the server keeps what you wrote, and your exam office can still count it. Tell them if the connection was the reason.`);
  if (left) sentences.push(`${changes(left)} could not be sent yet and ${left === 1 ? "is" : "are"} kept on this computer. Open this page again on this computer when the connection is back.`);
  return sentences.join(" ");
}

function changes(count) {
  return count === 1 ? "One change" : `${count} changes`;
}

function counts(count) {
  return count === 1 ? "counts" : "count";
}
