// The exam page: questions, answers, clock and states put together. Knows nothing of cameras.

import { ServerClock } from "../shared/clock.js";
import { Announcements } from "./announcements.js";
import { AnswerJournal } from "./answer_journal.js";
import { AnswerSender } from "./answer_sender.js";
import { AttemptWatch } from "./attempt_watch.js";
import { BreakRoom } from "./break_room.js";
import { readCertainty, showCertaintyNeed, writeCertainty } from "./certainty.js";
import { claimDevice } from "./device.js";
import { ExamClock } from "./exam_clock.js";
import { ExamStates, showNotice } from "./exam_states.js";
import { FinalCheck } from "./final_check.js";
import { GracePeriod } from "./grace_period.js";
import { HandIn } from "./hand_in.js";
import { openStore } from "./journal_store.js";
import { PaperParts } from "./paper_parts.js";
import { PartSteps } from "./part_steps.js";
import { PageNotice } from "./page_notice.js";
import { QuestionList } from "./question_list.js";
import { SaveState } from "./save_state.js";
import { TimeNews } from "./time_news.js";
import { isAnswered, problemOf, readValue, showWordCount, writeValue } from "./widgets.js";

const byId = (id) => document.getElementById(id);
const readData = (id) => JSON.parse(byId(id).textContent);

class ExamPage {
  constructor({ root, watch, clock, journal, sender, saveState, states, examClock, parts }) {
    Object.assign(this, { root, watch, clock, journal, sender, saveState, states, examClock, parts });
    this.answers = new Map(Object.entries(readData("saved-answers")));
    this.steps = new PartSteps({ page: this, parts, watch, clock });
  }

  /** Takes in what is on this computer, shows the questions and begins to follow the attempt. */
  async open() {
    const left = await this.journal.open();
    for (const change of left) this.answers.set(String(change.item), answerOf(change));
    const { answers, root, parts } = this;
    this.list = new QuestionList({
      root,
      answers,
      storageKey: "proctor-reached-" + root.dataset.attempt,
      inOrder: parts.parts.in_order,
    });
    this.finalCheck = new FinalCheck({
      element: byId("final-check"),
      list: this.list,
      answers,
      goTo: (index) => this.#showQuestion(index),
    });
    this.#showAnswers();
    this.#listen();
    byId("exam-loading").hidden = true;
    byId("exam-work").hidden = false;
    this.showCurrent({ focus: false });
    this.states.listen();
    this.watch.start();
    this.examClock.start();
    this.steps.listen();
    if (left.length) this.#sendLeft();
  }

  #listen() {
    this.journal.addEventListener("status", ({ detail }) => this.#showStatus(detail));
    this.journal.addEventListener("refused", ({ detail }) => this.#showRefusal(detail));
    this.states.addEventListener("answers", ({ detail }) => this.#takePaper(detail));
    this.parts.addEventListener("replaced", () => this.#takeParts());
    const form = byId("questions");
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", ({ target }) => this.#changed(target));
    form.addEventListener("click", ({ target }) => this.#clear(target));
    form.addEventListener("focusout", ({ target }) => this.#left(target));
    byId("previous-question").addEventListener("click", () => this.#showQuestion(this.list.previous));
    byId("next-question").addEventListener("click", () => this.#goNext());
    byId("open-final-check").addEventListener("click", () => this.#openFinalCheck());
    byId("back-to-questions").addEventListener("click", () => this.showCurrent());
    byId("submit-exam").addEventListener("click", () => this.states.submit(this.finalCheck.question));
    this.list.addEventListener("leaving", () => this.#sendNow());
    this.list.addEventListener("chosen", ({ detail }) => this.#showQuestion(detail.index));
    document.addEventListener("visibilitychange", () => document.hidden && this.#sendNow());
    window.addEventListener("online", () => this.#sendNow());
    window.addEventListener("pagehide", () => this.journal.leave());
  }

  #sendNow() {
    if (this.journal.unsent) this.journal.flush();
  }

  /** What a former page left unsent, perhaps in another tab: afterwards the server knows best what counts. */
  async #sendLeft() {
    if (!(await this.journal.flush()) || this.watch.hasEnded) return;
    try {
      await this.states.readAnswers();
    } catch (error) {
      // The page shows what it had; the server has everything.
      if (!error.isTemporary) throw error;
    }
  }

  #showAnswers() {
    for (const question of this.list.questions) {
      const { value, certainty, flagged } = this.answers.get(question.dataset.item);
      writeValue(question, value);
      writeCertainty(question, certainty, isAnswered(value));
      question.querySelector("[data-flag]").checked = flagged;
    }
    this.#showProgress();
  }

  /** The server's answers, with what is unsent here on top. */
  #takePaper(paper) {
    const unsent = new Map(this.journal.queue.map((change) => [change.item, change]));
    for (const { id, answer, certainty, flagged } of paper.sections.flatMap((section) => section.items)) {
      const own = unsent.get(id);
      this.answers.set(String(id), own ? answerOf(own) : { value: answer, certainty, flagged });
    }
    this.#showAnswers();
    this.parts.compare(paper);
  }

  /** Other questions stand on the page: the candidate has gone on, here or on another device. */
  #takeParts() {
    const unsent = new Map(this.journal.queue.map((change) => [String(change.item), change]));
    for (const [item, saved] of Object.entries(readData("saved-answers"))) {
      const own = unsent.get(item);
      this.answers.set(item, own ? answerOf(own) : saved);
    }
    this.list.read();
    this.#showAnswers();
    this.showCurrent();
  }

  /** What is to be done now: a question, the card before the next part, or the last look when all is closed. */
  showCurrent(options) {
    const { start } = this.list;
    if (start >= 0) {
      this.#showQuestion(start, options);
      return;
    }
    this.finalCheck.hide();
    this.list.hide();
    byId("question-steps").hidden = true;
    if (!this.steps.showStart(options)) this.finalCheck.show(this.journal.unsent, { isLast: true });
  }

  showProblem(sentence) {
    showNotice(sentence);
  }

  #changed(control) {
    const question = control.closest(".question");
    const item = question.dataset.item;
    const problem = problemOf(question);
    const value = readValue(question);
    const answer = { value, certainty: readCertainty(question), flagged: question.querySelector("[data-flag]").checked };
    this.answers.set(item, answer);
    if (!problem) showProblem(question, "");
    showWordCount(question);
    showCertaintyNeed(question, isAnswered(value));
    this.#showProgress();
    const isChoice = control.matches("[type=radio], [type=checkbox], button");
    this.journal.record(Number(item), answer, { atOnce: isChoice || this.states.isHurry });
  }

  #clear(target) {
    const button = target.closest("[data-clears]");
    if (!button) return;
    writeValue(button.closest(".question"), null);
    this.#changed(button);
  }

  #left(control) {
    const question = control.closest(".question");
    if (control.closest("[data-widget]")) showProblem(question, problemOf(question));
    if (this.journal.status === "saving") this.#sendNow();
  }

  #showRefusal({ item, code, detail }) {
    // The server has a later value under this number: what it has is what counts.
    if (code === "repeated_with_other_value") {
      this.#sendLeft();
      return;
    }
    const place = this.list.places.find((each) => each.item === String(item));
    if (place?.question) showProblem(place.question, "This answer was not accepted: " + detail);
    else showNotice(`An answer to question ${place?.number ?? ""} was not accepted: ${detail}`);
  }

  /** For who sends beside the page: answers go first, also to the room that this browser has. */
  #showStatus(detail) {
    this.root.dataset.saving = String(detail.status === "saving");
    if (!detail.isKept) document.dispatchEvent(new CustomEvent("attempt:storage-full"));
    this.saveState.show(detail);
    this.finalCheck.showUnsent(detail.unsent);
  }

  #showQuestion(index, options) {
    this.finalCheck.hide();
    this.steps.hideStart();
    byId("question-steps").hidden = false;
    this.list.show(index, options);
    byId("previous-question").disabled = this.list.previous < 0;
    byId("next-question").hidden = this.list.step === "nothing";
    byId("next-question").textContent = this.list.step === "finish" ? "Finish this part" : "Next";
  }

  #goNext() {
    const place = this.list.places[this.list.current];
    if (this.list.step === "finish") this.steps.finish(place);
    else if (this.list.step === "leave") this.steps.leave(place);
    else this.#showQuestion(this.list.next);
  }

  #openFinalCheck() {
    this.list.hide();
    byId("question-steps").hidden = true;
    this.finalCheck.show(this.journal.unsent);
  }

  #showProgress() {
    this.list.refresh();
    const done = [...this.answers.values()].filter(({ value }) => isAnswered(value)).length;
    byId("progress-text").textContent = `${done} of ${this.list.places.length} answered`;
  }
}

/** The answer in a change that is not sent yet. */
function answerOf({ value, certainty = null, flagged }) {
  return { value, certainty, flagged };
}

function showProblem(question, sentence) {
  const place = question.querySelector("[data-problem]");
  place.textContent = sentence;
  place.hidden = sentence === "";
}

async function openExam(root) {
  const { api, attempt, signIn } = root.dataset;
  const clock = new ServerClock();
  const watch = new AttemptWatch({ url: api, clock, snapshot: readData("attempt-snapshot") });
  const device = await claimDevice();
  const store = await openStore(Number(attempt));
  const sender = new AnswerSender(api);
  const journal = new AnswerJournal({ attempt: Number(attempt), device, store, sender, clock });
  const announcement = byId("clock-announcement");
  const examClock = new ExamClock({ clock, display: document.querySelector("[data-clock]"), announcement });
  const handIn = new HandIn({ dialog: byId("handed-in-dialog"), attempt, api, device, watch, journal, clock });
  const states = new ExamStates({ root, device, watch, examClock, journal, sender, handIn });
  const notice = new PageNotice(byId("page-notice"));
  document.addEventListener("page:notice", ({ detail }) => notice.show(detail));
  new TimeNews({ watch, notice }).listen();
  const grace = new GracePeriod({ dialog: byId("grace-dialog"), root, watch, clock, examClock, journal, handIn, notice });
  new Announcements(api).listen();
  new BreakRoom({ root, device, watch, journal, clock }).listen();
  const saveState = new SaveState({
    element: byId("save-state"),
    announcement: byId("save-announcement"),
    fullNotice: byId("storage-notice"),
    signInUrl: signIn,
    isDurable: store.isDurable,
  });
  const parts = new PaperParts({ root, device, journal, sender });
  await new ExamPage({ root, watch, clock, journal, sender, saveState, states, examClock, parts }).open();
  grace.listen();
  handIn.listen();
}

await openExam(byId("exam"));
